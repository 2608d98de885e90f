"""From an open source to an Image: choosing, scanning, checking, assembling."""

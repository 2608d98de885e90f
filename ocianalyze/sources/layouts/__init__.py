"""The documents of docker-save and OCI layouts, whatever holds them."""

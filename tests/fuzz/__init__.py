"""Images that nobody would build, made by the thousand: documents, tar headers and stacks of layers that are odd.

`python -m tests.fuzz --minutes 20` looks for what ends in no word of ours; whatever it finds becomes a case of a test.
"""

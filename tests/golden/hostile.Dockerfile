# Reconstructed by ocianalyze from the history and the config of the image.
# What COPY and ADD took, base images and earlier stages are not recorded in it.
# \x1b]0;pwned\x07\x1b[2J[red]x[/red] \x9b31m\u202egpj.\u200b\xff\U000e0041 sha256:05b3abf2579a5eb66403cd78be557fd860633a1fe2103c7642030defe32c657f
FROM scratch

# layer 0: 30 B, all of it wasted
RUN <<'EOF'
\x1b]0;pwned\x07\x1b[2J[red]x[/red]
\r\x9b31m\u202egpj.\u200b\xff\U000e0041
EOF

# layer 1: 12 B
RUN <<'EOF'
\x1b]0;pwned\x07\x1b[2J[red]x[/red]
\r\x9b31m\u202egpj.\u200b\xff\U000e0041
EOF

# In the config, and in no step of the history:
ENV \x1b]0;pwned\x07\x1b[2J[red]x[/red]\n\r\x9b31m\u202egpj.\u200b\xff\U000e0041=""
LABEL "\x1b]0;pwned\x07\x1b[2J[red]x[/red]\n\r\x9b31m\u202egpj.\u200b\xff\U000e0041"="\x1b]0;pwned\x07\x1b[2J[red]x[/red]\n\r\x9b31m\u202egpj.\u200b\xff\U000e0041"
USER \x1b]0;pwned\x07\x1b[2J[red]x[/red]\n\r\x9b31m\u202egpj.\u200b\xff\U000e0041
WORKDIR \x1b]0;pwned\x07\x1b[2J[red]x[/red]\n\r\x9b31m\u202egpj.\u200b\xff\U000e0041
CMD ["\u001b]0;pwned\u0007\u001b[2J[red]x[/red]\n\r\u009b31m\u202egpj.\u200b\udcff\udb40\udc41"]

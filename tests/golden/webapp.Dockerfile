# Reconstructed by ocianalyze from the history and the config of the image.
# What COPY and ADD took, base images and earlier stages are not recorded in it.
# registry.example/field-notes:1.0 sha256:05b3abf2579a5eb66403cd78be557fd860633a1fe2103c7642030defe32c657f
FROM scratch

# layer 0: 1.9 MB, 900 B of it wasted
ADD rootfs.tar.gz /

CMD ["sh"]

# layer 1: 740.0 kB, all of it wasted
RUN apt-get update \
    && apt-get install -y app

# layer 2: 81.0 kB, 40.0 kB of it wasted
RUN chown -R app:app /srv

# layer 3: 5.0 kB, all of it wasted
RUN rm -rf /var/cache/apt

# layer 4: 6.0 kB, all of it wasted
COPY docs/ /srv/docs/

# layer 5: 12 B
RUN rm -rf /srv/docs \
    && ln -s ../usr/share/doc /srv/docs

# In the config, and in no step of the history:
ENV PATH=/usr/bin LANG=C.UTF-8
LABEL org.example.a=1 org.example.b=2
EXPOSE 443/tcp 8080/tcp
VOLUME ["/data"]
USER app
WORKDIR /srv
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --retries=3 CMD ["true"]
ENTRYPOINT ["tini", "--"]

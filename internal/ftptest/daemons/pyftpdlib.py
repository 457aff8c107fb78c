"""Serves one directory to one user: pyftpdlib.py ADDRESS PORT PASSIVE-FIRST PASSIVE-LAST MODE DIRECTORY UID GID

MODE is plain, explicit (TLS required) or implicit. The user and the password are the two lines of the
file "login" in the working directory; certificate and key are its cert.pem and key.pem.
"""

import logging
import os
import sys

from OpenSSL import SSL
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer


class ImplicitHandler(TLS_FTPHandler):
    """TLS from the first byte, which pyftpdlib does not offer itself."""

    def handle(self):
        self.secure_connection(self.ssl_context)
        super().handle()


def main(address, port, first, last, mode, directory, uid, gid):
    handler = {"plain": FTPHandler, "explicit": TLS_FTPHandler, "implicit": ImplicitHandler}[mode]
    if mode != "plain":
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.use_certificate_chain_file("cert.pem")
        context.use_privatekey_file("key.pem")
        handler.ssl_context = context
        handler.tls_control_required = handler.tls_data_required = True
    with open("login", encoding="ascii") as login:
        user, password = login.read().split()
    handler.authorizer = DummyAuthorizer()
    handler.authorizer.add_user(user, password, directory, perm="elradfmwMT")
    handler.passive_ports = range(int(first), int(last) + 1)
    handler.auth_failed_timeout = 0
    logging.basicConfig(level=logging.DEBUG)
    server = FTPServer((address, int(port)), handler)
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
    server.serve_forever()


main(*sys.argv[1:])

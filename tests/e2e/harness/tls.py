"""Certificates for the tests, made by the openssl command."""

import pathlib
import ssl

from .tokens import openssl


def self_signed(folder, name, host="127.0.0.1"):
    """(certificate file, key file) that is its own authority."""
    certificate, key = pathlib.Path(folder, f"{name}.crt"), pathlib.Path(folder, f"{name}.key")
    alternative = f"IP:{host}" if host[0].isdigit() else f"DNS:{host}"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", f"/CN={name}", "-addext", f"subjectAltName={alternative}", "-keyout", key, "-out", certificate)
    return certificate, key


def trusting(certificate):
    """A client's context that believes that certificate alone."""
    context = ssl.create_default_context(cafile=certificate)
    return context

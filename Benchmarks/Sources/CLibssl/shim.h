#pragma once
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// What Swift cannot call: macros, and functions with variable arguments.

/// A key on the curve P-256.
static inline EVP_PKEY *das_new_key(void) { return EVP_EC_gen("P-256"); }

/// Adds an extension in the text form of OpenSSL's configuration; returns 1 where it could.
static inline int das_add_extension(X509 *certificate, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL) return 0;
    int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

static inline int das_require_tls12(SSL_CTX *context) {
    return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

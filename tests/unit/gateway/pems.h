#pragma once
// A certificate for "localhost" with its key, another key, and that one encrypted: for tests only.

#include <string_view>

namespace quivive::gateway {

inline constexpr std::string_view kCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBlDCCATugAwIBAgIUV5lCq98c5KQvsFmT1WnWRqnKj3cwCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzIyMjg1MVoYDzIxMjYxMDMw\n"
    "MjIyODUxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAAQpZcd20I+iPqsgog1ZSbqFabMErDGBK1U/R8lXpvNl9YTsjxnbEYBo\n"
    "q6WPTZqaFLHdKrfodC9HczlRLah5OXzJo2kwZzAdBgNVHQ4EFgQUPCb+TVmHYL2j\n"
    "fBHAAKsnKY02LKMwHwYDVR0jBBgwFoAUPCb+TVmHYL2jfBHAAKsnKY02LKMwDwYD\n"
    "VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID\n"
    "RwAwRAIgAsMXz3ksE8uj5e9Z8ApEPJ63XZxrBJQCab3pPAWeb1wCIAJ2x9gzdcQi\n"
    "9a/8U7VVZbA25AHsQwyhexyiy69i80EZ\n"
    "-----END CERTIFICATE-----\n";
inline constexpr std::string_view kKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcx+BepVvm6lb4h4r\n"
    "p0spv3BYbqjGHaduEvcsJAq8fmmhRANCAAQpZcd20I+iPqsgog1ZSbqFabMErDGB\n"
    "K1U/R8lXpvNl9YTsjxnbEYBoq6WPTZqaFLHdKrfodC9HczlRLah5OXzJ\n"
    "-----END PRIVATE KEY-----\n";
inline constexpr std::string_view kOtherKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNPzA2bn9bcXBBi1i\n"
    "yOIJYAMKI7wXlaAX/v9bmhIvhzOhRANCAAQroKN1wzSNbvFkUO2rckXLRRebdumG\n"
    "1DG5Y6kSm320sav4lFU8nHixdIo36OXhIwTC/eWJWnVihoINkbiIgiLk\n"
    "-----END PRIVATE KEY-----\n";
inline constexpr std::string_view kEncryptedKey =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAick+E1mOZMywICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMHRDhhzgQS1FBFYDsxtbqAEgZAC\n"
    "Ynzam8wez6m+wVBbX3HdQTeAJ2OQPkCD4AdNp9P5Slf4jBi9Ob/7LmmYZ/wGYdkS\n"
    "AOyTPzdFGbwsVxqR8flifWOr9RJDHsvrSwjABvbltquS/dVqLo7vBqIIi8zF6X4F\n"
    "NHz20gwSD+P+cmL6xQ4NtnSZUcOTyTR8zersFW+8FgYZNrRtZBtO18UWhbaI+Bw=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

}  // namespace quivive::gateway

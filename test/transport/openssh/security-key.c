/*
 * A security key without hardware, for tests: OpenSSH's provider interface (sk-api.h, version 10) over Ed25519 keys whose
 * seed is the key handle.
 */
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FAILED -1

struct enrolled {
  uint8_t flags;
  uint8_t *public_key; size_t public_key_length;
  uint8_t *handle; size_t handle_length;
  uint8_t *signature; size_t signature_length;
  uint8_t *certificate; size_t certificate_length;
  uint8_t *authdata; size_t authdata_length;
};

struct signature {
  uint8_t flags;
  uint32_t counter;
  uint8_t *r; size_t r_length;
  uint8_t *s; size_t s_length;
};

uint32_t sk_api_version(void) { return 0x000a0000; }

int sk_enroll(uint32_t kind, const uint8_t *challenge, size_t challenge_length, const char *application, uint8_t flags,
              const char *pin, void **options, struct enrolled **answer) {
  EVP_PKEY *key = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, NULL);
  struct enrolled *made = calloc(1, sizeof *made);
  size_t length = 32;
  (void)challenge; (void)challenge_length; (void)application; (void)pin; (void)options;
  if (kind != 1 || EVP_PKEY_keygen_init(context) <= 0 || EVP_PKEY_keygen(context, &key) <= 0) return FAILED;
  made->flags = flags;
  made->public_key = malloc(made->public_key_length = length);
  made->handle = malloc(made->handle_length = length);
  EVP_PKEY_get_raw_public_key(key, made->public_key, &length);
  EVP_PKEY_get_raw_private_key(key, made->handle, &length);
  *answer = made;
  return 0;
}

int sk_sign(uint32_t kind, const uint8_t *data, size_t data_length, const char *application, const uint8_t *handle,
            size_t handle_length, uint8_t flags, const char *pin, void **options, struct signature **answer) {
  uint8_t message[SHA256_DIGEST_LENGTH * 2 + 5];
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, handle, handle_length);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  struct signature *made = calloc(1, sizeof *made);
  (void)pin; (void)options;
  if (kind != 1 || key == NULL) return FAILED;
  made->flags = flags;
  made->counter = 1;
  SHA256((const uint8_t *)application, strlen(application), message);
  memcpy(message + SHA256_DIGEST_LENGTH, (uint8_t[]){flags, 0, 0, 0, 1}, 5);
  SHA256(data, data_length, message + SHA256_DIGEST_LENGTH + 5);
  made->r = malloc(made->r_length = 64);
  if (EVP_DigestSignInit(context, NULL, NULL, NULL, key) <= 0) return FAILED;
  if (EVP_DigestSign(context, made->r, &made->r_length, message, sizeof message) <= 0) return FAILED;
  *answer = made;
  return 0;
}

int sk_load_resident_keys(const char *pin, void **options, void ***keys, size_t *count) {
  (void)pin; (void)options;
  *keys = NULL;
  *count = 0;
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Key generation: a job in the vault that searches two primes in bounded steps, then becomes a key. */
#include "crt.h"
#include "ct.h"
#include "limb.h"
#include "paillier.h"
#include "pedersen.h"
#include "prime.h"

#define MAX_HALF PAILLIER_MAX_HALF

/* Content of ECM_KIND_KEYGEN; prime_search_size() bytes of search follow. */
typedef struct {
  uint32_t what, bits;
  uint32_t busy;  /* one thread at a time steps or takes */
  uint32_t taken;
  uint32_t found; /* primes */
  uint64_t tried;
  uint64_t primes[2][MAX_HALF];
  _Alignas(64) uint8_t search[];
} keygen;

static prime_search *search_of(keygen *g) { return (prime_search *)(void *)g->search; }

static void search_next(keygen *g) { prime_search_init(search_of(g), g->bits / 2, g->what == ECM_KEYGEN_PEDERSEN); }

int32_t ecm_keygen_new(uint32_t what, uint32_t bits, ecm_handle *out_job) {
  if (out_job == NULL) return ECM_E_ARGUMENT;
  *out_job = 0;
  if ((what != ECM_KEYGEN_PAILLIER && what != ECM_KEYGEN_PEDERSEN) || !crt_bits_known(bits)) return ECM_E_ARGUMENT;
  vault_ref job;
  int32_t rc = vault_new(ECM_KIND_KEYGEN, bits / 8, sizeof(keygen) + prime_search_size(), &job);
  if (rc != ECM_OK) return rc;
  keygen *g = job.ptr;
  g->what = what;
  g->bits = bits;
  search_next(g);
  vault_publish(&job, out_job);
  return ECM_OK;
}

/* Pins the job for this thread alone. ECM_E_ARGUMENT if another one works on it. */
static int32_t enter(ecm_handle sec_job, vault_ref *job) {
  int32_t rc = vault_pin(sec_job, ECM_KIND_KEYGEN, job);
  if (rc != ECM_OK) return rc;
  keygen *g = job->ptr;
  ECM_CT_PUBLIC(g, offsetof(keygen, primes));
  if (!__atomic_exchange_n(&g->busy, 1, __ATOMIC_ACQUIRE)) return ECM_OK;
  vault_unpin(job);
  return ECM_E_ARGUMENT;
}

static void leave(vault_ref *job) {
  __atomic_store_n(&((keygen *)job->ptr)->busy, 0, __ATOMIC_RELEASE);
  vault_unpin(job);
}

/* A second prime too close to the first (probability 2^-98, or a broken generator of randomness) is thrown away. */
static int32_t check_pair(keygen *g) {
  uint64_t *pq = vault_scratch(8 * (size_t)g->bits / 64);
  if (pq == NULL) return ECM_E_VAULT_FULL;
  int ok = ct_declassify(crt_pair_fits(pq, g->primes[0], g->primes[1], g->bits / 128));
  vault_scratch_free(pq);
  return ok ? ECM_OK : ECM_MORE;
}

int32_t ecm_keygen_step(ecm_handle sec_job, uint32_t window, uint64_t *progress, uint32_t *primes) {
  if (progress != NULL) *progress = 0;
  if (primes != NULL) *primes = 0;
  if (progress == NULL || primes == NULL || window == 0) return ECM_E_ARGUMENT;
  vault_ref job;
  int32_t rc = enter(sec_job, &job);
  if (rc != ECM_OK) return rc;
  keygen *g = job.ptr;
  while (rc == ECM_OK && g->found < 2 && window > 0) {
    uint32_t tried = 0;
    rc = prime_search_step(search_of(g), window, g->primes[g->found], &tried);
    g->tried += tried;
    window -= tried < window ? tried : window;
    if (rc != ECM_OK) break;
    if (g->found == 1) rc = check_pair(g);
    if (rc == ECM_OK) g->found++;
    else ct_wipe(g->primes[1], sizeof g->primes[1]);
    if (rc == ECM_MORE) rc = ECM_OK;
    if (g->found < 2) search_next(g);
  }
  if (rc == ECM_OK && g->found < 2) rc = ECM_MORE;
  if (rc == ECM_OK || rc == ECM_MORE) {
    *progress = g->tried;
    *primes = g->found;
  }
  leave(&job);
  ct_clear_stack();
  return rc;
}

int32_t ecm_keygen_take(ecm_handle sec_job, ecm_handle *out_key) {
  if (out_key == NULL) return ECM_E_ARGUMENT;
  *out_key = 0;
  vault_ref job, key = {0};
  int32_t rc = enter(sec_job, &job);
  if (rc != ECM_OK) return rc;
  keygen *g = job.ptr;
  if (g->found < 2 || g->taken) rc = ECM_E_RANGE;
  else if (g->what == ECM_KEYGEN_PAILLIER) rc = paillier_from_primes(g->bits, g->primes[0], g->primes[1], &key);
  else rc = pedersen_from_primes(g->bits, g->primes[0], g->primes[1], &key);
  if (rc == ECM_OK) {
    g->taken = 1; /* one modulus, one key: a second ring-Pedersen key would share N and not t */
    ct_wipe(g->primes, sizeof g->primes);
    ct_wipe(g->search, prime_search_size());
    vault_publish(&key, out_key);
  }
  vault_discard(&key);
  leave(&job);
  ct_clear_stack();
  return rc;
}

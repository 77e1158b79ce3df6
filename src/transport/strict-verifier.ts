/**
 * The only way to hand ssh2 a verifier. ssh2 refuses a key on the value `false` alone: a promise, `undefined`, `0` or a
 * call without an argument all let the node in. Here only `true` does, and an exception refuses.
 */
export const strictVerifier =
  (accepts: (key: Buffer) => unknown) =>
  (key: Buffer, verify: (isAccepted: boolean) => void): void => {
    let isAccepted = false
    try {
      isAccepted = accepts(key) === true
    } finally {
      verify(isAccepted)
    }
  }

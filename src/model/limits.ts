/** Every limit in one place; units in the names. */
export const limits = {
  /** Stdout of one ask, unless its probe says otherwise. */
  askBytes: 256 * 1024,
  /** Stderr of one ask. */
  askStderrBytes: 8 * 1024,
  /** Everything one node may say, both streams; reading stops there. */
  nodeBytes: 8 * 1024 * 1024,
  /** One ask, unless its probe says otherwise. */
  askSeconds: 20,
  /** The whole script on one node. */
  nodeSeconds: 300,
  /** Fetching one policy, and what it may be, packed and unpacked: Fedora’s has 5 MB. */
  policySeconds: 90,
  policyBytes: 32 * 1024 * 1024,
  connectSeconds: 10,
  /** Key exchange and login together, after TCP is up. */
  loginSeconds: 20,
  keepaliveSeconds: 10,
  connectTries: 2,
  /** Of a host that many nodes lie behind. */
  triesWhenFull: 6,
  /** Logins on their way at once through one ProxyCommand: an sshd lets 10 in that have not logged in yet (MaxStartups). */
  commandLogins: 5,
  forks: 50,
  /** Of one process's argv, after redaction. */
  argvBytes: 4096,
  /** Of one line of evidence in a finding. */
  evidenceLineCharacters: 300,
  evidenceLines: 5,
} as const

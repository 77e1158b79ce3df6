/**
 * Every error the tool knows: its code and the next step. The sentence (what we tried, on which node,
 * what came back) belongs to the place that saw it.
 */
export const hints = {
  // reaching a node
  'host-unresolved': 'Check ansible_host in the inventory, or the resolver of this machine.',
  'local-limit':
    'This machine has run out of open files or buffers: use fewer forks (-f), or raise the limit (`ulimit -n`).',
  'network-unreachable': 'Check the route and firewall between this machine and the node.',
  'connect-refused': 'Nothing listens there: check ansible_port and that sshd runs.',
  'connect-timeout':
    'Check that the node is up and that a firewall lets this machine in; -T raises the limit.',
  'connection-reset':
    'The node closed the connection: check sshd’s log there, MaxStartups and tcp wrappers; fewer forks (-f) help a full sshd.',
  'banner-timeout':
    'The port answers but no SSH server speaks: check ansible_port, or a hung sshd or proxy on the way.',
  'not-ssh': 'Something other than an SSH server answers on that port: check ansible_port.',
  'handshake-failed':
    'Client and server share no algorithm, or the exchange broke: compare with `ssh -v`; with `--ssh-client auto`, the default, OpenSSH’s client is tried too where it is installed.',
  'jump-failed':
    'No node behind this host can be reached: try `ssh HOST true` by hand. It is logged in to as ssh_config or the agent has it, never by the node’s own key or password (so does ssh).',
  'proxy-failed':
    'The ProxyCommand gave no way to the node: run it by hand, with the node’s address and port for %h and %p.',
  'ssh-config-refused':
    'Correct ssh_config or the ansible_ssh_*args variable named; `ssh -G HOST` shows what ssh makes of them.',
  'ssh-client-missing':
    'Install OpenSSH’s client here (openssh-client, openssh-clients), or correct ansible_ssh_executable; `--ssh-client builtin` does without it where no certificate, FIDO key or the like is needed.',
  'host-key-unknown':
    'Compare the fingerprint with the node’s console (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`), then add the key to known_hosts, e.g. with `ssh-keyscan -p PORT HOST`; for autoscaled nodes publish the keys with the node, and give them by --known-hosts, or learn each once with --host-keys accept-new.',
  'host-key-changed':
    'Either the node was re-installed or someone is in between. Verify on the console; if the change is right, `ssh-keygen -R NAME -f FILE` with the name it was looked up as and the file named, then add the new key, or run once with --host-keys accept-new.',
  'host-key-revoked': 'The known_hosts file marks this key as @revoked: do not trust this node.',
  'login-timeout':
    'The SSH handshake or login did not finish: check the load of the node, PAM and directory services.',
  'auth-failed':
    'Neither key nor password was accepted: check the user (-u), --private-key (name it where the agent holds many keys: servers hang up after six), the agent (`ssh-add -l`) and authorized_keys on the node; a password is tried only where one is given (-k, ansible_password).',
  'identity-missing':
    'Give a private key with --private-key, start an ssh-agent and add a key, or give a password with -k.',
  'identity-unreadable': 'The private key file cannot be used: check its path and rights.',
  'identity-locked':
    '`ssh-add` the key, or give its passphrase: by --passphrase-command, or on the terminal that asks for it.',
  'channel-refused':
    'The node refused to run a command: check ForceCommand, MaxSessions and the user’s shell.',
  'exec-timeout':
    'The node stopped answering while the script ran; what had come is kept. Raise --task-timeout if the node is only slow.',
  'connection-lost':
    'The link broke while the script ran; what had come is kept. Run again, limited to this node with -l.',
  'output-flood':
    'The node sent more than the limit and reading stopped; look at the node’s shell start-up files.',
  'answer-nonsense':
    'What came back is not an answer of our script: check the user’s login shell and ForceCommand on the node (try `ssh NODE sh -s </dev/null`).',
  'script-ended':
    'The script ended before its last question: look at the node’s limits and out-of-memory log.',
  internal:
    'A bug of sefleet, met at this node only: please report the sentence; the other nodes’ answers and results are not touched by it.',
  deadline:
    'The run had no more time for it: raise --deadline or the forks (-f), or ask only these again with --limit-from RUN:missing.',
  interrupted:
    'The run was interrupted before this node answered. Ask only these again with --limit-from RUN:missing.',
  // becoming root; what needs none is judged all the same
  'become-password':
    'Give the password by -K, --become-password-file or ansible_become_password (in a vault), or let this user become root without one (sudo’s NOPASSWD); a wrong one is not tried twice.',
  'become-refused':
    'Let this user become root there, for `sh` (sudoers, doas.conf, the group that may use su), or name another way: -u, --become-user, --become-method, ansible_become_exe.',
  'become-missing': 'Install it there, or name another way: --become-method, ansible_become_exe, or -u root.',
  // before a run
  usage: 'See `sefleet --help`, or `sefleet COMMAND --help`.',
  'password-unreadable':
    'Check the file or command named: its first line is the password, and nothing else is printed.',
  'inventory-unreadable': 'Check that the path is right and may be read by this user.',
  'inventory-invalid': 'Correct the inventory at the place named.',
  'inventory-script-failed':
    'Run the command named by hand: it must end with status 0 and print JSON, as Ansible’s inventory scripts do.',
  'vault-locked':
    'Give --vault-password-file FILE or --vault-id LABEL@FILE (or ANSIBLE_VAULT_PASSWORD_FILE), and have ansible-vault in the PATH.',
  'inventory-empty': 'The inventory names no node: check the path given with -i.',
  'none-missing': 'Nothing is left to ask again: the run named is whole.',
  'limit-empty': 'See `sefleet inventory -i INVENTORY --graph` for the groups and nodes there are.',
  'limit-invalid': 'Patterns are as Ansible’s: groups, nodes, globs, `&` and `!`.',
  'connection-unsupported':
    'Nodes are reached by plain ssh, this machine also by `local`, and root by sudo, su or doas: change the variable named, or leave such nodes out with -l.',
  'policy-unreadable': 'Check the path of the policy file.',
  'policy-invalid':
    'A whole kernel policy of the versions 24 to 35 is needed: /sys/fs/selinux/policy or policy.NN below /etc/selinux; copy it anew if it was cut.',
  'policy-incomparable':
    'Name the domains that matter with -d, or ask for every rule with --rules: that is not limited, and ^C ends it.',
  'policy-name-unknown':
    'Names are those of this policy: see `sefleet policy info -t POLICY`, `-a`, `-c` and `-b`.',
  'profile-unreadable': 'Give a file or one of the profiles named by `sefleet profile list`.',
  'profile-invalid':
    'Correct the profile at the place named; `sefleet profile check FILE` tests it without touching a node.',
  'profile-not-kept':
    'Give the profile with -p FILE: runs of older versions did not keep the profiles that were not shipped.',
  'waivers-unreadable': 'Check the path given with --waivers.',
  'waivers-invalid':
    'Correct the waivers at the place named: each has check, nodes, reason, owner and until.',
  'run-not-found': 'See the folders below the reports root; a run is named by its id, a path or `last`.',
  'run-invalid': 'The run folder is damaged or was written by a newer version of sefleet.',
  'file-unwritable': 'Name a file in a folder that this user may write to.',
  'store-unwritable': 'Check rights and free space of the reports root (-o).',
  'lab-unservable':
    'Its ports may be taken: stop the other lab, or use `sefleet lab demo`, which takes free ones.',
  'known-hosts-unwritable':
    'Its new host key has no place to be kept (--host-keys accept-new): mend the file’s rights or free space, or name another by --known-hosts.',
  'known-hosts-unreadable': 'Check the path given with --known-hosts.',
} as const

export type ErrorCode = keyof typeof hints

/** The next step of an error: of a host on the way, what is to be done there. */
export const hintOf = ({
  code,
  of,
}: {
  readonly code: string
  readonly of?: string | undefined
}): string | undefined => {
  const all: Readonly<Record<string, string>> = hints
  const there = of === undefined ? undefined : all[of]
  if (there === undefined) return all[code]
  const own = of === 'auth-failed' || of === 'identity-missing' || of === 'identity-unreadable'
  return `For the jump host: ${there}${own ? ' The node’s own key and password are not given to it (so does ssh): ssh_config says its IdentityFile.' : ''}`
}

/** The one error class: stops the run before or beside the nodes; a node's own trouble is a record, not an error. */
export class SefleetError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.name = 'SefleetError'
    this.code = code
  }

  get hint(): string {
    return hints[this.code]
  }
}

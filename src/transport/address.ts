/** Where a node's SSH server is. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** `10.0.0.17:22`, `[fd00::17]:22`; for sentences. */
export const hostPort = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** The name OpenSSH looks up in known_hosts: in lower case, with the port only where it is not 22. */
export const lookupName = ({ host, port }: Address): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

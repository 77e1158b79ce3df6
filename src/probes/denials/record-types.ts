/** The record types that are asked for: what SELinux says, and when auditd began and ended. */
export const types =
  'AVC,USER_AVC,SELINUX_ERR,USER_SELINUX_ERR,MAC_POLICY_LOAD,MAC_STATUS,MAC_CONFIG_CHANGE,DAEMON_START,DAEMON_END,DAEMON_ABORT'

/** Those of them that the kernel's log prints by number. */
export const numbers = '1107|1108|1400|1401|1403|1404|1405'

/** Where the mode of the next boot is written, by hand or by an upgrade of the system. */
export const modeFile = '/etc/selinux/config'

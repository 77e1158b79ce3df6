#!/bin/bash
# selinux-vm.sh - a small real SELinux-enforcing Debian guest for testing an SSH audit tool.
#
#   selinux-vm.sh build                   build the cached image (root needed, Debian packages only)
#   selinux-vm.sh start  NAME PORT        boot a guest, wait for SSH on 127.0.0.1:PORT
#   selinux-vm.sh wait   NAME             wait again for SSH of a guest that is booting (or rebooting)
#   selinux-vm.sh reboot NAME             reboot a guest and wait for SSH again
#   selinux-vm.sh ssh    NAME [cmd...]    run a command as root (SELINUX_VM_USER=ops for the plain user)
#   selinux-vm.sh break  NAME [domain|rule|both]   package update that breaks csi.sock
#   selinux-vm.sh heal   NAME [rollback|forward]
#   selinux-vm.sh remove NAME | restore NAME       take the policy package off, and put it back
#   selinux-vm.sh stop   NAME [now]       clean power-off (now: at once); the disk is kept for the next start
#   selinux-vm.sh clean  NAME             end the guest and delete its disk
#   selinux-vm.sh status | info NAME | avc NAME
#
# Environment:
#   SELINUX_VM_CACHE    image, kernel, keys (default /var/tmp/selinux-vm)
#   SELINUX_VM_RUN      per-guest state     (default $SELINUX_VM_CACHE/run)
#   SELINUX_VM_MODULES  small|full  policy modules kept in the image (default small)
#   SELINUX_VM_EXTRA    extra Debian packages, comma separated
#   SELINUX_VM_KERNEL_DEB  an already downloaded linux-image-*-cloud-amd64 .deb
#   SELINUX_VM_MEM (MiB, default 512)  SELINUX_VM_SMP (default 1)
#   SELINUX_VM_MODE     enforcing|permissive|disabled (default enforcing; set on the kernel command line)
#   SELINUX_VM_AUDIT    full|plain (default full: AVC with SYSCALL and PROCTITLE, as Debian logs it;
#                       plain: AVC record only, as the RHEL family logs it with "-a task,never")
#   SELINUX_VM_TIMEOUT  seconds to wait for SSH (default 240)
#   SELINUX_VM_SUITE (default bookworm)
#   SELINUX_VM_CMDLINE  extra kernel arguments, e.g. toy.period=3 for a faster CSI retry loop
set -euo pipefail
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
CACHE=${SELINUX_VM_CACHE:-/var/tmp/selinux-vm}
RUN=${SELINUX_VM_RUN:-$CACHE/run}
SUITE=${SELINUX_VM_SUITE:-bookworm}
MODULES=${SELINUX_VM_MODULES:-small}
EXTRA=${SELINUX_VM_EXTRA:-}
MEM=${SELINUX_VM_MEM:-512}
SMP=${SELINUX_VM_SMP:-1}
MODE=${SELINUX_VM_MODE:-enforcing}
AUDIT=${SELINUX_VM_AUDIT:-full}
WAIT=${SELINUX_VM_TIMEOUT:-240}
XCMD=${SELINUX_VM_CMDLINE:-}
PKGS=systemd,systemd-sysv,openssh-server,auditd,setools,selinux-policy-default,policycoreutils,selinux-utils,procps,sudo,iproute2,kmod
# policy modules that stay in a "small" image (everything else is removed from the store,
# which makes semodule and sesearch about four times faster under TCG)
KEEP="base xserver xdg unconfined ssh sudo su apt hostname getty clock loadkeys logrotate cron mta staff unprivuser secadm auditadm iptables netutils lvm iscsi cgroup tzdata setrans shutdown"

log() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }
die() { log "error: $*"; exit 1; }

# ---------------------------------------------------------------- toy container runtime (C)
toy_c() { cat <<'EOF'
/* One small static program, two roles.
 * As "toy-containerd": reads /etc/toycri/containers.conf, starts each entry and
 * restarts it when it ends, the way a runtime plus a kubelet would. A confined
 * entry gets an explicit exec context container_t:s0:cA,cB. A privileged entry
 * gets none, so only the policy's type_transition decides which domain it runs in.
 * As a container (TOY_ROLE set): listen on, or connect to, a unix socket, or idle. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#define SOCK "/csi/csi.sock"
#define KUBELET_SOCK "/var/lib/kubelet/plugins/driver.longhorn.io/csi.sock"
#define MAXC 64
#define MAXA 40
struct ent { char name[64], mode[8], role[16], bin[128]; int uid; char *argv[MAXA]; int n; pid_t pid; time_t next; char ctx[128]; } E[MAXC];
static int NE;
static volatile sig_atomic_t stop_all;
static void on_term(int s) { (void)s; stop_all = 1; }

static void stamp(char *b, size_t n) {
  struct timespec t; struct tm m; clock_gettime(CLOCK_REALTIME, &t); gmtime_r(&t.tv_sec, &m);
  snprintf(b, n, "W%02d%02d %02d:%02d:%02d.%06ld %d", m.tm_mon + 1, m.tm_mday, m.tm_hour, m.tm_min, m.tm_sec, t.tv_nsec / 1000, getpid());
}
static int addr(struct sockaddr_un *a) { memset(a, 0, sizeof *a); a->sun_family = AF_UNIX; strcpy(a->sun_path, SOCK); return 0; }

static int role_listen(void) {
  struct sockaddr_un a; char s[96]; int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0) { perror("socket"); return 1; }
  addr(&a); unlink(SOCK);
  if (bind(fd, (void *)&a, sizeof a)) { perror("bind " SOCK); return 1; }
  chmod(SOCK, 0777);
  /* the same socket as the kubelet knows it; there it is a bind mount */
  unlink(KUBELET_SOCK); if (mknod(KUBELET_SOCK, S_IFSOCK | 0777, 0)) perror(KUBELET_SOCK);
  if (listen(fd, 32)) { perror("listen"); return 1; }
  stamp(s, sizeof s); printf("%s Listening for connections on address: %s\n", s, SOCK); fflush(stdout);
  for (;;) { int c = accept(fd, 0, 0); if (c < 0) { if (errno == EINTR) continue; sleep(1); continue; }
    if (write(c, "OK\n", 3) < 0) {} close(c); }
}
static void role_connect(void) {
  int period = getenv("TOY_PERIOD") ? atoi(getenv("TOY_PERIOD")) : 10, was = -1; char s[96], buf[8];
  if (period < 1) period = 10;
  for (;;) {
    struct sockaddr_un a; int ok = 0, e = 0, fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0) { addr(&a);
      if (connect(fd, (void *)&a, sizeof a) == 0) ok = read(fd, buf, sizeof buf) > 0; else e = errno;
      close(fd); }
    stamp(s, sizeof s);
    if (!ok) printf("%s connection.go:173] Still connecting to unix://%s (%s)\n", s, SOCK, strerror(e));
    else if (was != 1) printf("%s connection.go:200] Connected to unix://%s\n", s, SOCK);
    fflush(stdout); was = ok; sleep(period);
  }
}
static void make_dirs(char *p) { /* mkdir -p */
  for (char *q = p + 1; (q = strchr(q, '/')); q++) { *q = 0; mkdir(p, 0755); *q = '/'; }
  mkdir(p, 0755);
}
/* A cgroup per container below kubepods, as the kubelet and containerd make them on cgroup v2. */
static void join_cgroup(const char *name) {
  char p[512]; int fd;
  snprintf(p, sizeof p, "/sys/fs/cgroup/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod%s.slice/cri-containerd-%s.scope", name, name);
  make_dirs(p); strcat(p, "/cgroup.procs");
  fd = open(p, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || dprintf(fd, "%d\n", getpid()) < 0) perror(p);
  if (fd >= 0) close(fd);
}
/* `toyctl kill NAME` leaves a file that keeps an entry from being started. */
static int is_held(const char *name) { char p[256]; snprintf(p, sizeof p, "/run/toycri/%s.held", name); return access(p, F_OK) == 0; }
static void run_child(struct ent *e) {
  char p[256]; int fd;
  join_cgroup(e->name);
  setsid(); signal(SIGTERM, SIG_DFL); signal(SIGINT, SIG_DFL);
  snprintf(p, sizeof p, "/var/log/containers/%s.log", e->name);
  fd = open("/dev/null", O_RDONLY); if (fd >= 0) { dup2(fd, 0); close(fd); }
  fd = open(p, O_WRONLY | O_CREAT | O_APPEND, 0640); if (fd >= 0) { dup2(fd, 1); dup2(fd, 2); if (fd > 2) close(fd); }
  snprintf(p, sizeof p, "/run/toycri/%s.pid", e->name);
  fd = open(p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644); if (fd >= 0) { dprintf(fd, "%d\n", getpid()); close(fd); }
  setenv("TOY_ROLE", e->role, 1);
  if (e->uid && (setgid(e->uid) || setuid(e->uid))) { perror("setuid"); _exit(126); }
  if (e->ctx[0] && access("/sys/fs/selinux/enforce", F_OK) == 0) {
    fd = open("/proc/self/attr/exec", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, e->ctx, strlen(e->ctx)) < 0) { perror(e->ctx); _exit(125); }
    close(fd);
  }
  snprintf(p, sizeof p, "/var/lib/toycri/rootfs/%s", e->bin);
  execv(p, e->argv); perror(p); _exit(127);
}
static void load(void) {
  FILE *f = fopen("/etc/toycri/containers.conf", "re"); static char line[4096]; if (!f) { perror("containers.conf"); exit(1); }
  while (fgets(line, sizeof line, f) && NE < MAXC) {
    char *q = strdup(line), *t; struct ent *e = &E[NE]; int k = 0;
    q[strcspn(q, "\n")] = 0; if (!*q || *q == '#') continue;
    while ((t = strsep(&q, "\t"))) {
      switch (k++) {
      case 0: snprintf(e->name, sizeof e->name, "%s", t); break;
      case 1: snprintf(e->mode, sizeof e->mode, "%s", t); break;
      case 2: e->uid = atoi(t); break;
      case 3: snprintf(e->role, sizeof e->role, "%s", t); break;
      case 4: snprintf(e->bin, sizeof e->bin, "%s", t); break;
      default: if (e->n < MAXA - 1) e->argv[e->n++] = t; }
    }
    if (e->n) { NE++;
      if (!strcmp(e->mode, "conf")) { unsigned r[2]; int a, b;
        do { if (getrandom(r, sizeof r, 0) < 0) r[0] = r[1] = 7; a = r[0] % 1024; b = r[1] % 1024; } while (a == b);
        if (a > b) { int x = a; a = b; b = x; }
        snprintf(e->ctx, sizeof e->ctx, "system_u:system_r:container_t:s0:c%d,c%d", a, b); } }
  }
  fclose(f);
}
int main(int argc, char **argv) {
  const char *role = getenv("TOY_ROLE");
  (void)argc; (void)argv;
  if (role) {
    if (!strcmp(role, "listen")) return role_listen();
    if (!strcmp(role, "connect")) role_connect();
    for (;;) pause();
  }
  { char b[4096], *q; int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC); ssize_t n = fd < 0 ? 0 : read(fd, b, sizeof b - 1);
    if (fd >= 0) close(fd);
    b[n > 0 ? n : 0] = 0;
    if ((q = strstr(b, "toy.period="))) { q += 11; q[strspn(q, "0123456789")] = 0; setenv("TOY_PERIOD", q, 1); } }
  load(); mkdir("/run/toycri", 0755); umask(022);
  struct sigaction sa = {.sa_handler = on_term}; sigaction(SIGTERM, &sa, 0); sigaction(SIGINT, &sa, 0);
  while (!stop_all) {
    time_t now = time(0); int st, i; pid_t p;
    for (i = 0; i < NE; i++) if (!E[i].pid && now >= E[i].next && !is_held(E[i].name)) {
      if ((p = fork()) == 0) run_child(&E[i]);
      E[i].pid = p > 0 ? p : 0; E[i].next = now + 2; }
    for (i = 0; i < NE && E[i].pid; i++) {}
    if (i < NE) { sleep(1); p = waitpid(-1, &st, WNOHANG); } else p = waitpid(-1, &st, 0);
    if (p > 0) for (i = 0; i < NE; i++) if (E[i].pid == p) {
      printf("container %s (pid %d) ended, status %d\n", E[i].name, p, st); fflush(stdout); E[i].pid = 0; }
  }
  for (int i = 0; i < NE; i++) if (E[i].pid) kill(E[i].pid, SIGKILL);
  return 0;
}
EOF
}

# name, priv|conf, uid, role, binary, argv... (tab separated; argv as in the Longhorn knowledge base article)
containers_conf() {
  local T=$'\t' n=$1
  row() { local IFS=$T; printf '%s\n' "$*"; }
  echo "# name mode uid role binary argv..."
  row engine-image priv 0 idle bash /bin/bash -c "diff /usr/local/bin/longhorn /data/longhorn > /dev/null 2>&1; if [ \$? -ne 0 ]; then cp -p /usr/local/bin/longhorn /data/ && echo installed; fi && trap 'rm /data/longhorn* && echo cleaned up' EXIT && sleep infinity"
  row node-driver-registrar priv 0 connect csi-node-driver-registrar /csi-node-driver-registrar --v=2 --csi-address=/csi/csi.sock --kubelet-registration-path=/var/lib/kubelet/plugins/driver.longhorn.io/csi.sock
  row longhorn-manager priv 0 idle longhorn-manager longhorn-manager -d daemon --engine-image longhornio/longhorn-engine:v1.4.0 --instance-manager-image longhornio/longhorn-instance-manager:v1.4.0 --share-manager-image longhornio/longhorn-share-manager:v1.4.0 --backing-image-manager-image longhornio/backing-image-manager:v1.4.0 --support-bundle-manager-image longhornio/support-bundle-kit:v0.0.17 --manager-image longhornio/longhorn-manager:v1.4.0 --service-account longhorn-service-account
  row instance-manager-tini priv 0 idle tini /tini -- longhorn-instance-manager --debug daemon --listen 0.0.0.0:8500
  row instance-manager priv 0 idle longhorn-instance-manager longhorn-instance-manager --debug daemon --listen 0.0.0.0:8500
  row longhorn-csi-plugin priv 0 listen longhorn-manager longhorn-manager -d csi --nodeid="$n" --endpoint=unix:///csi/csi.sock --drivername=driver.longhorn.io --manager-url=http://longhorn-backend:9500/v1
  row csi-attacher conf 0 connect csi-attacher /csi-attacher --v=2 --csi-address=/csi/csi.sock --timeout=1m50s --leader-election --leader-election-namespace=longhorn-system
  row csi-provisioner conf 0 connect csi-provisioner /csi-provisioner --v=2 --csi-address=/csi/csi.sock --timeout=1m50s --leader-election --leader-election-namespace=longhorn-system --default-fstype=ext4
  row csi-resizer conf 0 connect csi-resizer /csi-resizer --v=2 --csi-address=/csi/csi.sock --timeout=1m50s --leader-election --leader-election-namespace=longhorn-system --leader-election-namespace=longhorn-system --handle-volume-inuse-error=false
  row csi-snapshotter conf 0 connect csi-snapshotter /csi-snapshotter --v=2 --csi-address=/csi/csi.sock --timeout=1m50s --leader-election --leader-election-namespace=longhorn-system
  row longhorn-liveness-probe conf 0 connect livenessprobe /livenessprobe --v=4 --csi-address=/csi/csi.sock
  row recovery-backend conf 2000 idle longhorn-manager longhorn-manager recovery-backend --service-account longhorn-service-account
  row conversion-webhook conf 2000 idle longhorn-manager longhorn-manager conversion-webhook --service-account longhorn-service-account
  row admission-webhook conf 2000 idle longhorn-manager longhorn-manager admission-webhook --service-account longhorn-service-account
  row deploy-driver conf 0 idle longhorn-manager longhorn-manager -d deploy-driver --manager-image longhornio/longhorn-manager:v1.4.0 --manager-url http://longhorn-backend:9500/v1
}

# ---------------------------------------------------------------- policy module (CIL)
# $1: yes|no  privileged containers enter spc_t by type_transition
# $2: yes|no  container_domain may connectto spc_t
container_cil() {
  cat <<'EOF'
; container: toy container policy for the test lab
(typeattribute container_domain)
(expandtypeattribute (container_domain) false)

(type container_t)
(type container_init_t)
(type container_userns_t)
(type container_runtime_t)
(type spc_t)
(type container_runtime_exec_t)
(type container_file_t)
(type container_ro_file_t)
(type container_var_lib_t)
(type container_log_t)
(type container_var_run_t)

(typeattributeset container_domain (container_t container_init_t container_userns_t))
(typeattributeset domain (container_t container_init_t container_userns_t container_runtime_t spc_t))
(typeattributeset mcs_constrained_type (container_t container_init_t container_userns_t))
(typeattributeset file_type (container_runtime_exec_t container_file_t container_ro_file_t container_var_lib_t container_log_t container_var_run_t))
(typeattributeset non_security_file_type (container_runtime_exec_t container_file_t container_ro_file_t container_var_lib_t container_log_t container_var_run_t))
(typeattributeset non_auth_file_type (container_runtime_exec_t container_file_t container_ro_file_t container_var_lib_t container_log_t container_var_run_t))
(typeattributeset exec_type (container_runtime_exec_t container_file_t container_ro_file_t))
(typeattributeset entry_type (container_runtime_exec_t container_file_t container_ro_file_t))
(typeattributeset logfile (container_log_t))

(roletype system_r container_t)
(roletype system_r container_init_t)
(roletype system_r container_userns_t)
(roletype system_r container_runtime_t)
(roletype system_r spc_t)
(roletype object_r container_t)
(roletype object_r container_init_t)
(roletype object_r container_userns_t)
(roletype object_r container_runtime_t)
(roletype object_r spc_t)
(roletype object_r container_runtime_exec_t)
(roletype object_r container_file_t)
(roletype object_r container_ro_file_t)
(roletype object_r container_var_lib_t)
(roletype object_r container_log_t)
(roletype object_r container_var_run_t)

; the runtime and privileged containers are unconfined domains
(typeattributeset unconfined_domain_type (container_runtime_t spc_t))
(typeattributeset kern_unconfined (container_runtime_t spc_t))
(typeattributeset files_unconfined_type (container_runtime_t spc_t))
(typeattributeset filesystem_unconfined_type (container_runtime_t spc_t))
(typeattributeset devices_unconfined_type (container_runtime_t spc_t))
(typeattributeset corenet_unconfined_type (container_runtime_t spc_t))
(typeattributeset mcssetcats (container_runtime_t))
(allow container_runtime_t self (process (fork setexec setpgid setsched getsched signal sigchld getattr setfscreate setrlimit)))
(allow container_runtime_t self (capability (chown dac_override dac_read_search fowner kill setgid setuid sys_admin sys_resource net_admin)))
(allow spc_t self (process (fork signal sigchld getsched setsched setpgid getattr)))
(allow spc_t self (capability (chown dac_override dac_read_search fowner fsetid kill setgid setuid sys_admin)))

; systemd starts the runtime
(typetransition init_t container_runtime_exec_t process container_runtime_t)
(allow init_t container_runtime_exec_t (file (getattr open read execute map ioctl)))
(allow init_t container_runtime_t (process (transition siginh rlimitinh noatsecure signal sigkill sigstop signull getattr)))
(allow container_runtime_t container_runtime_exec_t (file (entrypoint getattr open read execute map ioctl)))
(allow container_runtime_t init_t (fd (use)))
(allow container_runtime_t init_t (process (sigchld)))
(allow container_runtime_t init_t (unix_stream_socket (read write getattr ioctl)))

; the runtime starts containers
(allow container_runtime_t container_ro_file_t (file (getattr open read execute execute_no_trans map ioctl)))
(allow container_runtime_t container_file_t (file (getattr open read execute execute_no_trans map ioctl)))
(allow container_runtime_t container_domain (process (transition siginh rlimitinh noatsecure signal sigkill sigstop signull getattr)))
(allow container_runtime_t spc_t (process (transition siginh rlimitinh noatsecure signal sigkill sigstop signull getattr)))
(allow container_domain container_runtime_t (fd (use)))
(allow spc_t container_runtime_t (fd (use)))
(allow container_domain container_runtime_t (process (sigchld)))
(allow spc_t container_runtime_t (process (sigchld)))
(allow container_domain container_ro_file_t (file (entrypoint getattr open read execute map ioctl)))
(allow container_domain container_file_t (file (entrypoint getattr open read execute map ioctl)))
(allow container_domain container_ro_file_t (dir (getattr open read search)))
(allow spc_t container_ro_file_t (file (entrypoint getattr open read execute map ioctl)))
(allow spc_t container_file_t (file (entrypoint getattr open read execute map ioctl)))

; what a confined container may do
(allow container_domain self (process (fork signal sigchld getsched)))
(allow container_domain self (unix_stream_socket (create connect read write getattr getopt setopt shutdown ioctl)))
(allow container_domain container_file_t (dir (getattr open read search)))
(allow container_domain container_file_t (sock_file (getattr write)))
(allow container_domain container_log_t (file (append write getattr ioctl)))
(allow container_domain etc_t (lnk_file (getattr read)))
(allow container_domain locale_t (dir (getattr open read search)))
(allow container_domain locale_t (file (getattr open read map)))

(filecon "/csi(/.*)?" any (system_u object_r container_file_t ((s0) (s0))))
(filecon "/usr/local/sbin/toy-containerd" file (system_u object_r container_runtime_exec_t ((s0) (s0))))
(filecon "/var/lib/toycri(/.*)?" any (system_u object_r container_file_t ((s0) (s0))))
(filecon "/var/lib/kubelet(/.*)?" any (system_u object_r container_var_lib_t ((s0) (s0))))
(filecon "/var/lib/kubelet/plugins(/.*)?" any (system_u object_r container_file_t ((s0) (s0))))
(filecon "/var/lib/kubelet/pods(/.*)?" any (system_u object_r container_file_t ((s0) (s0))))
(filecon "/var/lib/longhorn(/.*)?" any (system_u object_r container_var_lib_t ((s0) (s0))))

; privileged containers enter spc_t whatever their files are labelled; the one for container_file_t is below
(typetransition container_runtime_t container_ro_file_t process spc_t)
(typetransition container_runtime_t container_var_lib_t process spc_t)
(typetransition container_runtime_t fusefs_t process spc_t)
(filecon "/var/log/containers(/.*)?" any (system_u object_r container_log_t ((s0) (s0))))
(filecon "/run/toycri(/.*)?" any (system_u object_r container_var_run_t ((s0) (s0))))
EOF
  if [ "$1" = yes ]; then
    echo '; a container started without an explicit label is a privileged one'
    echo '(typetransition container_runtime_t container_file_t process spc_t)'
  else
    echo '; entrypoint kept for the runtime itself (no transition)'
  fi
  # the runtime can always run an image binary in its own domain
  echo '(allow container_runtime_t container_file_t (file (entrypoint)))'
  if [ "$2" = yes ]; then
    echo '(allow container_domain spc_t (unix_stream_socket (connectto)))'
  fi
}

# $1 version  $2 transition  $3 connectto  $4 output dir
container_deb() {
  local v=$1 d; d=$(mktemp -d "$4/deb.XXXXXX"); chmod 755 "$d"
  mkdir -p "$d/DEBIAN" "$d/usr/share/selinux/packages/container"
  container_cil "$2" "$3" > "$d/usr/share/selinux/packages/container/container.cil"
  cat > "$d/DEBIAN/control" <<EOF
Package: container-selinux
Version: $v
Architecture: all
Maintainer: Test Lab <root@localhost>
Depends: policycoreutils, selinux-policy-default
Description: SELinux policy for containers (toy, test lab)
EOF
  cat > "$d/DEBIAN/postinst" <<'EOF'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
    n=; selinuxenabled || n=-n
    semodule $n -X 200 -s default -i /usr/share/selinux/packages/container/container.cil
fi
EOF
  cat > "$d/DEBIAN/postrm" <<'EOF'
#!/bin/sh
set -e
if [ "$1" = remove ]; then
    n=; selinuxenabled || n=-n
    semodule $n -X 200 -s default -r container || true
fi
EOF
  chmod 755 "$d/DEBIAN/postinst" "$d/DEBIAN/postrm"
  dpkg-deb --root-owner-group -Zgzip --build "$d" "$4/container-selinux_${v}_all.deb" >/dev/null
  rm -rf "$d"
}

guest_break() { cat <<'EOF'
#!/bin/sh
# break-policy [domain|rule|both]: update container-selinux to a version that breaks csi.sock
#   domain (default)  1.1-1: privileged containers no longer enter spc_t (Longhorn 5348)
#   rule              1.1-2: container_domain may no longer connectto spc_t
#   both              1.1-3
set -e
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"
case "${1:-domain}" in domain) v=1.1-1;; rule) v=1.1-2;; both) v=1.1-3;; *) echo "break-policy [domain|rule|both]" >&2; exit 2;; esac
DEBIAN_FRONTEND=noninteractive dpkg -i /opt/packages/container-selinux_${v}_all.deb
toyctl restart longhorn-csi-plugin
EOF
}
guest_heal() { cat <<'EOF'
#!/bin/sh
# heal-policy [rollback|forward]: back to 1.0-1, or on to the corrected 1.2-1
set -e
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"
case "${1:-rollback}" in rollback) v=1.0-1;; forward) v=1.2-1;; *) echo "heal-policy [rollback|forward]" >&2; exit 2;; esac
DEBIAN_FRONTEND=noninteractive dpkg -i --force-downgrade /opt/packages/container-selinux_${v}_all.deb
toyctl restart longhorn-csi-plugin
EOF
}
guest_remove() { cat <<'EOF'
#!/bin/sh
# remove-policy: take the container policy package, and with it its module, off a node whose containers run
set -e
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"
DEBIAN_FRONTEND=noninteractive dpkg -r container-selinux
EOF
}
guest_restore() { cat <<'EOF'
#!/bin/sh
# restore-policy: install 1.0-1 again and restart every container
set -e
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"
DEBIAN_FRONTEND=noninteractive dpkg -i /opt/packages/container-selinux_1.0-1_all.deb
rm -f /run/toycri/*.held
systemctl restart toy-containerd
sleep 3
EOF
}
guest_toyctl() { cat <<'EOF'
#!/bin/sh
# toyctl ps | restart NAME|all | kill NAME | start NAME | log NAME   (kill holds it down until start)
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"
case "$1" in
ps) for f in /run/toycri/*.pid; do p=$(cat "$f"); n=${f##*/}; n=${n%.pid}; [ -d /proc/$p ] && printf '%-26s %6s %s\n' "$n" "$p" "$(tr -d '\0' </proc/$p/attr/current)"; done;;
restart) if [ "$2" = all ]; then systemctl restart toy-containerd; else
  f=/run/toycri/$2.pid; old=$(cat "$f"); kill -9 "$old"
  i=0; while [ $i -lt 60 ]; do new=$(cat "$f" 2>/dev/null); [ -n "$new" ] && [ "$new" != "$old" ] && [ -d /proc/$new ] && break; sleep 0.5; i=$((i+1)); done
  sleep 1; echo "$2: pid $old -> $new $(tr -d '\0' </proc/$new/attr/current)"; fi;;
kill) : > /run/toycri/$2.held; kill -9 "$(cat /run/toycri/$2.pid)"; rm -f /run/toycri/$2.pid; echo "$2: ended and held";;
start) rm -f /run/toycri/$2.held; systemctl restart toy-containerd; sleep 2;;
log) tail -n 40 /var/log/containers/$2.log;;
*) echo "toyctl ps | restart NAME|all | kill NAME | start NAME | log NAME" >&2; exit 2;;
esac
EOF
}

# ---------------------------------------------------------------- build
kernel_files() { # vmlinuz and the modules this guest needs, from the Debian cloud kernel package
  local deb=${SELINUX_VM_KERNEL_DEB:-} k=$CACHE/kernel pkg
  if [ -z "$deb" ]; then
    mkdir -p "$CACHE/dl"
    deb=$(ls "$CACHE"/dl/linux-image-*-cloud-amd64_*.deb 2>/dev/null | tail -1 || true)
    if [ -z "$deb" ]; then
      pkg=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image-[0-9]/{print $2; exit}')
      [ -n "$pkg" ] || die "apt does not know linux-image-cloud-amd64 (apt-get update?)"
      log "downloading $pkg"
      (cd "$CACHE/dl" && apt-get -q download "$pkg" >&2)
      deb=$(ls "$CACHE"/dl/linux-image-*-cloud-amd64_*.deb | tail -1)
    fi
  fi
  rm -rf "$k"; mkdir -p "$k"
  dpkg-deb -x "$deb" "$k"
  KVER=$(basename "$k"/lib/modules/*)
  cp "$k/boot/vmlinuz-$KVER" "$CACHE/vmlinuz.new"
}

cmd_build() {
  [ "$(id -u)" = 0 ] || die "build needs root"
  for c in mmdebstrap qemu-system-x86_64 gcc mkfs.ext4 debugfs setfiles dpkg-deb ssh-keygen; do command -v $c >/dev/null || die "missing $c"; done
  mkdir -p "$CACHE"; umask 022
  local R=$CACHE/rootfs t0=$SECONDS m
  cleanup_mounts() { for m in dev sys proc; do mountpoint -q "$CACHE/rootfs/$m" && umount "$CACHE/rootfs/$m"; done; true; }
  trap cleanup_mounts EXIT
  [ -f "$CACHE/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C selinux-vm -f "$CACHE/id_ed25519"
  kernel_files
  log "kernel $KVER ($((SECONDS-t0)) s)"

  # 1. base tree from Debian packages, kept as a tarball so that a rebuild is quick
  local key; key=$(printf '%s' "$SUITE $PKGS $EXTRA" | sha256sum | cut -c1-12)
  if [ ! -f "$CACHE/base-$key.tar" ]; then
    log "mmdebstrap $SUITE"
    # the same package sources as this host's own apt (the host must be of the same suite)
    local sources; mapfile -t sources < <(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | grep -E " $SUITE(-security|-updates)? main\$" | sort -u)
    [ ${#sources[@]} -gt 0 ] || die "no apt source of $SUITE on this host; run apt-get update"
    mmdebstrap --quiet --mode=root --variant=minbase --include="$PKGS${EXTRA:+,$EXTRA}" --components=main \
      --aptopt='Apt::Install-Recommends "0"' --aptopt='Acquire::Languages "none"' \
      --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
      "$SUITE" "$CACHE/base.tmp.tar" "${sources[@]}"
    mv "$CACHE/base.tmp.tar" "$CACHE/base-$key.tar"
    log "base tree done ($((SECONDS-t0)) s)"
  fi
  cleanup_mounts; rm -rf --one-file-system "$R"; mkdir -p "$R"
  tar -xpf "$CACHE/base-$key.tar" -C "$R" --xattrs --numeric-owner
  for m in proc sys dev; do mount --bind /$m "$R/$m"; done

  # 2. kernel modules: only the virtio network card (ext4 and nvme are built in)
  local md=$R/lib/modules/$KVER s=$CACHE/kernel/lib/modules/$KVER f
  mkdir -p "$md"
  for f in virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci failover net_failover virtio_net virtio-rng; do
    f=$(cd "$s" && find . -name "$f.ko*" | head -1); [ -n "$f" ] && install -D -m644 "$s/$f" "$md/$f"
  done
  cp "$s"/modules.builtin* "$s"/modules.order "$md"/
  chroot "$R" depmod "$KVER"

  # 3. system settings
  printf 'SELINUX=enforcing\nSELINUXTYPE=default\nSETLOCALDEFS=0\n' > "$R/etc/selinux/config"
  : > "$R/etc/fstab"
  echo node > "$R/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 node\n' > "$R/etc/hosts"
  : > "$R/etc/resolv.conf"
  ln -sf ../proc/self/mounts "$R/etc/mtab"
  echo uninitialized > "$R/etc/machine-id"
  chroot "$R" useradd -m -s /bin/bash ops
  chroot "$R" usermod -p '*' ops
  printf 'ops ALL=(ALL) NOPASSWD: ALL\nDefaults:ops !requiretty\n' > "$R/etc/sudoers.d/ops"; chmod 440 "$R/etc/sudoers.d/ops"
  for m in root home/ops; do
    install -d -m700 "$R/$m/.ssh"; install -m600 "$CACHE/id_ed25519.pub" "$R/$m/.ssh/authorized_keys"
  done
  chroot "$R" chown -R ops:ops /home/ops
  rm -f "$R"/etc/ssh/ssh_host_*
  printf 'HostKey /etc/ssh/ssh_host_ed25519_key\nUseDNS no\nPasswordAuthentication no\nPrintMotd no\n' > "$R/etc/ssh/sshd_config.d/lab.conf"
  mkdir -p "$R/etc/systemd/system/ssh.service.d" "$R/etc/systemd/journald.conf.d"
  printf '[Service]\nExecStartPre=\nExecReload=\nExecReload=/bin/kill -HUP $MAINPID\n' > "$R/etc/systemd/system/ssh.service.d/quick.conf"
  printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=16M\n' > "$R/etc/systemd/journald.conf.d/lab.conf"
  cat > "$R/etc/systemd/system/lab-net.service" <<'EOF'
[Unit]
Description=Static address on the QEMU user network
DefaultDependencies=no
After=systemd-modules-load.service systemd-remount-fs.service
Before=network.target ssh.service
Wants=network.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/ip link set lo up
ExecStart=/sbin/ip link set eth0 up
ExecStart=/sbin/ip addr add 10.0.2.15/24 dev eth0
ExecStart=/sbin/ip route add default via 10.0.2.2
[Install]
WantedBy=sysinit.target
EOF
  printf 'virtio_pci\nvirtio_net\n' > "$R/etc/modules-load.d/lab.conf"
  cat > "$R/etc/systemd/system/toy-containerd.service" <<'EOF'
[Unit]
Description=Toy container runtime (Longhorn stand-ins)
After=auditd.service
[Service]
ExecStart=@/usr/local/sbin/toy-containerd /usr/bin/containerd
RuntimeDirectory=toycri
Restart=always
[Install]
WantedBy=multi-user.target
EOF
  cat > "$R/etc/systemd/system/iscsid.service" <<'EOF'
[Unit]
Description=Toy iscsid (open-iscsi stand-in)
[Service]
Environment=TOY_ROLE=idle
ExecStart=@/usr/sbin/iscsid /sbin/iscsid -f
[Install]
WantedBy=multi-user.target
EOF
  mkdir -p "$R/etc/containerd" "$R/var/lib/longhorn/engine-binaries" "$R/var/lib/kubelet/plugins/driver.longhorn.io" "$R/var/lib/kubelet/pods"
  printf 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  enable_selinux = true\n' > "$R/etc/containerd/config.toml"
  local w=$R/etc/systemd/system
  mkdir -p "$w/multi-user.target.wants" "$w/sysinit.target.wants"
  ln -sf ../lab-net.service "$w/sysinit.target.wants/lab-net.service"
  ln -sf ../toy-containerd.service "$w/multi-user.target.wants/toy-containerd.service"
  ln -sf ../iscsid.service "$w/multi-user.target.wants/iscsid.service"
  for m in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
           getty-static.service getty@tty1.service serial-getty@ttyS0.service systemd-pstore.service systemd-machine-id-commit.service \
           systemd-firstboot.service systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-random-seed.service \
           dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
           modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service modprobe@efi_pstore.service modprobe@fuse.service modprobe@loop.service \
           logrotate.timer rc-local.service systemd-boot-system-token.service systemd-ask-password-wall.path systemd-ask-password-console.path proc-sys-fs-binfmt_misc.automount; do
    ln -sf /dev/null "$w/$m"
  done
  chroot "$R" systemctl set-default multi-user.target >/dev/null 2>&1

  # 4. toys
  toy_c > "$CACHE/toy.c"
  gcc -O2 -Wall -static -s -o "$CACHE/toy" "$CACHE/toy.c"
  install -m755 "$CACHE/toy" "$R/usr/local/sbin/toy-containerd"
  install -m755 "$CACHE/toy" "$R/usr/sbin/iscsid"
  mkdir -p "$R/var/lib/toycri/rootfs" "$R/etc/toycri" "$R/csi" "$R/var/log/containers" "$R/opt/packages" "$R/usr/local/sbin"
  for m in bash csi-node-driver-registrar longhorn-manager tini longhorn-instance-manager csi-attacher csi-provisioner csi-resizer csi-snapshotter livenessprobe; do
    if [ -f "$R/var/lib/toycri/rootfs/.toy" ]; then ln -f "$R/var/lib/toycri/rootfs/.toy" "$R/var/lib/toycri/rootfs/$m"
    else install -m755 "$CACHE/toy" "$R/var/lib/toycri/rootfs/$m"; ln "$R/var/lib/toycri/rootfs/$m" "$R/var/lib/toycri/rootfs/.toy"; fi
  done
  containers_conf node > "$R/etc/toycri/containers.conf"
  guest_break > "$R/usr/local/sbin/break-policy"; guest_heal > "$R/usr/local/sbin/heal-policy"; guest_toyctl > "$R/usr/local/sbin/toyctl"
  guest_remove > "$R/usr/local/sbin/remove-policy"; guest_restore > "$R/usr/local/sbin/restore-policy"
  chmod 755 "$R"/usr/local/sbin/*
  # the plain user's PATH has no sbin directories by default; leave that as it is, only add the lab commands
  for m in break-policy heal-policy toyctl remove-policy restore-policy; do ln -sf ../sbin/$m "$R/usr/local/bin/$m"; done

  # 5. policy
  log "policy store ($MODULES)"
  if [ "$MODULES" = small ]; then
    local rm=""
    for m in $(chroot "$R" semodule -lfull | awk '{print $2}'); do case " $KEEP " in *" $m "*) ;; *) rm="$rm -r $m";; esac; done
    chroot "$R" semodule -n -X 100 $rm >"$CACHE/semodule.log" 2>&1 || { tail -5 "$CACHE/semodule.log" >&2; die "semodule -r failed"; }
  fi
  container_deb 1.0-1 yes yes "$R/opt/packages"
  container_deb 1.1-1 no  yes "$R/opt/packages"
  container_deb 1.1-2 yes no  "$R/opt/packages"
  container_deb 1.1-3 no  no  "$R/opt/packages"
  container_deb 1.2-1 yes yes "$R/opt/packages"
  chroot "$R" dpkg -i /opt/packages/container-selinux_1.0-1_all.deb >"$CACHE/dpkg.log" 2>&1 || { tail "$CACHE/dpkg.log" >&2; die "container-selinux does not install"; }
  find "$R/var/lib/apt/lists" "$R/var/cache" -type f -delete 2>/dev/null || true
  cleanup_mounts

  # 6. labels and image
  log "labelling"
  local fc=$R/etc/selinux/default/contexts/files/file_contexts
  setfiles -F -r "$R" "$fc" "$R" 2>"$CACHE/setfiles.log" || { tail -5 "$CACHE/setfiles.log" >&2; die "setfiles failed"; }
  local mb=$(( $(du -sm "$R" | cut -f1) + 220 ))
  rm -f "$CACHE/image.new"; truncate -s ${mb}M "$CACHE/image.new"
  mkfs.ext4 -q -F -O ^has_journal -L root -m 0 -d "$R" "$CACHE/image.new"
  {
    echo "ea_set / security.selinux system_u:object_r:root_t:s0\\000"
    echo "ea_set /lost+found security.selinux system_u:object_r:lost_found_t:s0\\000"
  } | debugfs -w -f - "$CACHE/image.new" >"$CACHE/debugfs.log" 2>&1
  mv "$CACHE/image.new" "$CACHE/image.ext4"; mv "$CACHE/vmlinuz.new" "$CACHE/vmlinuz"
  trap - EXIT
  log "built $CACHE/image.ext4 ($(du -m "$CACHE/image.ext4" | cut -f1) MiB on disk, ${mb} MiB virtual) in $((SECONDS-t0)) s"
}

# ---------------------------------------------------------------- run
sshopts() { # NAME
  echo -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$RUN/$1/known_hosts" -o ConnectTimeout=20 -o LogLevel=ERROR -i "$CACHE/id_ed25519" -p "$(cat "$RUN/$1/port")"
}
alive() { # the recorded process is still this guest's qemu
  [ -f "$RUN/$1/pid" ] && tr '\0' '\n' < "/proc/$(cat "$RUN/$1/pid")/cmdline" 2>/dev/null | grep -qF "file=$RUN/$1/disk.ext4,"; }

cmd_start() {
  local n=${1:?name} port=${2:?port} d=$RUN/$1 t0=$SECONDS lab
  [[ $n =~ ^[a-z0-9][a-z0-9-]{0,30}$ ]] || die "name: lower case letters, digits, dashes"
  local lsm
  case $MODE in
    enforcing) lsm="security=selinux selinux=1 enforcing=1";;
    permissive) lsm="security=selinux selinux=1 enforcing=0";;
    disabled) lsm="lsm=lockdown,yama,integrity";;
    *) die "SELINUX_VM_MODE: enforcing, permissive or disabled";;
  esac
  [ -f "$CACHE/image.ext4" ] || die "no image in $CACHE: run '$0 build' first"
  alive "$n" && die "$n already runs"
  mkdir -p "$d"; echo "$port" > "$d/port"
  if [ ! -f "$d/disk.ext4" ]; then
    cp --sparse=always --reflink=auto "$CACHE/image.ext4" "$d/disk.ext4.tmp"
    rm -f "$d"/hostkey*; ssh-keygen -q -t ed25519 -N '' -C "root@$n" -f "$d/hostkey"
    echo "$n" > "$d/hostname"
    printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$n" > "$d/hosts"
    head -c16 /dev/urandom | od -An -tx1 | tr -d ' \n' > "$d/machine-id"; echo >> "$d/machine-id"
    containers_conf "$n" > "$d/containers.conf"
    if [ "$AUDIT" = plain ]; then echo '-a task,never' > "$d/lab.rules"; else echo '# nothing here' > "$d/lab.rules"; fi
    put() { echo "rm $3"; echo "write $2 $3"; echo "set_inode_field $3 mode 0100$4"; echo "set_inode_field $3 uid 0"; echo "set_inode_field $3 gid 0"; echo "ea_set $3 security.selinux system_u:object_r:$5:s0\\000"; }
    {
      put x "$d/hostkey" /etc/ssh/ssh_host_ed25519_key 600 sshd_key_t
      put x "$d/hostkey.pub" /etc/ssh/ssh_host_ed25519_key.pub 644 sshd_key_t
      put x "$d/hostname" /etc/hostname 644 etc_t
      put x "$d/hosts" /etc/hosts 644 net_conf_t
      put x "$d/machine-id" /etc/machine-id 444 etc_runtime_t
      put x "$d/containers.conf" /etc/toycri/containers.conf 644 etc_t
      put x "$d/lab.rules" /etc/audit/rules.d/lab.rules 640 auditd_etc_t
    } > "$d/debugfs.cmd"
    debugfs -w -f "$d/debugfs.cmd" "$d/disk.ext4.tmp" > "$d/debugfs.log" 2>&1
    mv "$d/disk.ext4.tmp" "$d/disk.ext4"
  fi
  printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 "$d/hostkey.pub")" > "$d/known_hosts"
  : > "$d/console.log"
  date +%s.%N > "$d/started"
  qemu-system-x86_64 -name "$n" -nodefaults -no-user-config -display none -machine q35,usb=off,vmport=off -accel tcg,thread=multi,tb-size=256 \
    -cpu max,la57=off -smp "$SMP" -m "$MEM" -kernel "$CACHE/vmlinuz" \
    -append "root=/dev/nvme0n1 rootfstype=ext4 rw console=ttyS0 $lsm audit=1 audit_backlog_limit=8192 no5lvl mitigations=off nokaslr net.ifnames=0 panic=10 quiet loglevel=4 systemd.show_status=1 $XCMD" \
    -drive "file=$d/disk.ext4,if=none,id=d0,format=raw,cache=unsafe" -device nvme,drive=d0,serial=lab0 \
    -netdev "user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=n0,romfile= \
    -serial "file:$d/console.log" -monitor "unix:$d/monitor.sock,server=on,wait=off" \
    -pidfile "$d/pid" -daemonize
  cmd_wait "$n"
  log "$n: SSH on 127.0.0.1:$port after $((SECONDS-t0)) s"
}
cmd_wait() {
  local n=${1:?name} end=$((SECONDS+WAIT))
  while [ $SECONDS -lt $end ]; do
    alive "$n" || { tail -5 "$RUN/$n/console.log" >&2; die "$n: qemu ended"; }
    # shellcheck disable=SC2046
    if timeout 25 ssh $(sshopts "$n") root@127.0.0.1 true </dev/null 2>"$RUN/$n/ssh.err"; then return 0; fi
    sleep 1
  done
  cat "$RUN/$n/ssh.err" >&2 || true; tail -5 "$RUN/$n/console.log" >&2
  die "$n: no SSH within $WAIT s (console: $RUN/$n/console.log)"
}
cmd_reboot() {
  local n=${1:?name} t0=$SECONDS was
  was=$(cmd_ssh "$n" cat /proc/sys/kernel/random/boot_id)
  cmd_ssh "$n" systemctl reboot >/dev/null 2>&1 || true
  # the going system may still answer
  until cmd_wait "$n" && [ "$(cmd_ssh "$n" cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo "$was")" != "$was" ]; do
    [ $((SECONDS-t0)) -lt $((2*WAIT)) ] || die "$n: did not reboot"
    sleep 1
  done
  log "$n: rebooted in $((SECONDS-t0)) s"
}
cmd_ssh() { local n=${1:?name}; shift; alive "$n" || die "$n does not run"
  # shellcheck disable=SC2046
  ssh $(sshopts "$n") "${SELINUX_VM_USER:-root}@127.0.0.1" "$@"; }
cmd_stop() { # NAME [now]: clean power-off first, then (or with "now", at once) end this guest's own process
  local n=${1:?name} p i
  alive "$n" || { rm -f "$RUN/$n/pid"; return 0; }
  p=$(cat "$RUN/$n/pid")
  if [ "${2:-}" != now ]; then
    # shellcheck disable=SC2046
    timeout 30 ssh $(sshopts "$n") root@127.0.0.1 systemctl poweroff </dev/null >/dev/null 2>&1 || true
    for i in $(seq 120); do alive "$n" || break; sleep 0.25; done
  fi
  if alive "$n"; then kill "$p" 2>/dev/null || true; for i in $(seq 50); do alive "$n" || break; sleep 0.1; done; fi
  if alive "$n"; then kill -9 "$p" 2>/dev/null || true; fi
  rm -f "$RUN/$n/pid"; log "$n stopped"; }
cmd_status() { local d n; for d in "$RUN"/*/; do [ -d "$d" ] || continue; n=$(basename "$d"); if alive "$n"; then echo "$n running pid $(cat "$d/pid") port $(cat "$d/port")"; else echo "$n stopped"; fi; done; }
cmd_info() { local n=${1:?name}; printf 'host 127.0.0.1\nport %s\nkey %s\nknown_hosts %s\nusers root ops\nconsole %s\n' "$(cat "$RUN/$n/port")" "$CACHE/id_ed25519" "$RUN/$n/known_hosts" "$RUN/$n/console.log"; }

c=${1:-help}; shift || true
case $c in
  build) cmd_build;;
  start) cmd_start "$@";;
  wait) cmd_wait "$@";;
  reboot) cmd_reboot "$@";;
  ssh) cmd_ssh "$@";;
  stop) cmd_stop "$@";;
  status) cmd_status;;
  info) cmd_info "$@";;
  break) n=${1:?name}; shift; cmd_ssh "$n" break-policy "${1:-domain}";;
  heal) n=${1:?name}; shift; cmd_ssh "$n" heal-policy "${1:-rollback}";;
  remove|restore) n=${1:?name}; cmd_ssh "$n" "$c-policy";;
  avc) cmd_ssh "${1:?name}" ausearch --input-logs -m AVC -i;;
  clean) cmd_stop "${1:?name}" now; [ -f "$RUN/$1/port" ] && rm -rf --one-file-system "${RUN:?}/$1";;
  cil) container_cil "${1:-yes}" "${2:-yes}";;
  *) sed -n '2,28p' "$0"; exit 2;;
esac

/* Loaded before libc (LD_PRELOAD): calls that change what lies below a folder are counted, and the n-th one fails or is
   the last thing that the process does.  Reads are counted instead where so asked. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char root[4096];
static long first, last;  /* the calls that fail, counted from 1 */
static int error;         /* errno, or 0: kill -9 */
static int reads;
static long *count;       /* shared with the parent, which asks for it */

__attribute__((constructor)) static void begin(void) {
  count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

void fault_arm(const char *folder, long from, long to, int with, int of_reads) {
  snprintf(root, sizeof root, "%s", folder);
  first = from; last = to; error = with; reads = of_reads; *count = 0;
}

long fault_count(void) { return *count; }

static int below(const char *path) { return root[0] && path && strncmp(path, root, strlen(root)) == 0; }

static int open_below(int fd) {
  char link[64], path[4096];
  if (!root[0]) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return 0;
  path[n] = 0;
  return below(path);
}

/* Whether this call fails; errno is set. */
static int fails(int is_read, int concerns) {
  if (!concerns || is_read != reads) return 0;
  long n = ++*count;
  if (n < first || n > last) return 0;
  if (error == 0) kill(getpid(), SIGKILL);
  errno = error;
  return 1;
}

#define REAL(name) __typeof__(name) *real = dlsym(RTLD_NEXT, #name)

/* A write that is cut short by the end leaves its first half. */
#define WRITE(name, parameters, arguments, half)                       \
  ssize_t name parameters {                                            \
    REAL(name);                                                        \
    if (open_below(fd) && !reads) {                                    \
      if (error == 0 && *count + 1 == first && size > 1) real half;    \
      if (fails(0, 1)) return -1;                                      \
    }                                                                  \
    return real arguments;                                             \
  }
WRITE(write, (int fd, const void *data, size_t size), (fd, data, size), (fd, data, size / 2))
WRITE(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at), (fd, data, size / 2, at))
WRITE(pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at), (fd, data, size / 2, at))

#define SIMPLE(type, name, parameters, arguments, is_read, concerns)   \
  type name parameters {                                               \
    REAL(name);                                                        \
    if (fails(is_read, concerns)) return -1;                           \
    return real arguments;                                             \
  }
SIMPLE(ssize_t, read, (int fd, void *data, size_t size), (fd, data, size), 1, open_below(fd))
SIMPLE(ssize_t, pread, (int fd, void *data, size_t size, off_t at), (fd, data, size, at), 1, open_below(fd))
SIMPLE(ssize_t, pread64, (int fd, void *data, size_t size, off64_t at), (fd, data, size, at), 1, open_below(fd))
SIMPLE(int, fsync, (int fd), (fd), 0, open_below(fd))
SIMPLE(int, fdatasync, (int fd), (fd), 0, open_below(fd))
SIMPLE(int, ftruncate, (int fd, off_t size), (fd, size), 0, open_below(fd))
SIMPLE(int, ftruncate64, (int fd, off64_t size), (fd, size), 0, open_below(fd))
SIMPLE(int, rename, (const char *from, const char *to), (from, to), 0, below(to))
SIMPLE(int, unlink, (const char *path), (path), 0, below(path))
SIMPLE(int, rmdir, (const char *path), (path), 0, below(path))
SIMPLE(int, mkdir, (const char *path, mode_t mode), (path, mode), 0, below(path))

#define CHANGES(flags) (((flags) & O_ACCMODE) != O_RDONLY || ((flags) & O_CREAT))
#define OPEN(name)                                                     \
  int name(const char *path, int flags, ...) {                         \
    REAL(name);                                                        \
    va_list more;                                                      \
    va_start(more, flags);                                             \
    mode_t mode = va_arg(more, mode_t);                                \
    va_end(more);                                                      \
    if (fails(!CHANGES(flags), below(path))) return -1;                \
    return real(path, flags, mode);                                    \
  }
OPEN(open)
OPEN(open64)

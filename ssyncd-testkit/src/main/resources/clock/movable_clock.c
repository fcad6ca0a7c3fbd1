/*
 * A wall clock that a test moves, for LD_PRELOAD. The file named by SSYNCD_TEST_CLOCK holds one
 * native int64: nanoseconds that are added to the time of day. It is mapped, so that a change counts
 * at once. Monotonic clocks are those of the host: nothing that waits is touched.
 *
 * System calls instead of the C library's own functions: nothing has to be looked up, and nothing
 * can come back here.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *offset;

__attribute__((constructor)) static void map_offset(void) {
  const char *name = getenv("SSYNCD_TEST_CLOCK");
  int fd = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return;
  }
  void *page = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (page != MAP_FAILED) {
    offset = page;
  }
}

static void move(struct timespec *ts) {
  int64_t ns = ts->tv_nsec + (offset == NULL ? 0 : *offset);
  ts->tv_sec += ns / 1000000000;
  ts->tv_nsec = ns % 1000000000;
  if (ts->tv_nsec < 0) {
    ts->tv_nsec += 1000000000;
    ts->tv_sec--;
  }
}

int clock_gettime(clockid_t clock, struct timespec *ts) {
  int result = (int)syscall(SYS_clock_gettime, clock, ts);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    move(ts);
  }
  return result;
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz) {
  (void)tz; /* Linux has had none to tell for decades */
  struct timespec ts;
  int result = clock_gettime(CLOCK_REALTIME, &ts);
  if (result == 0) {
    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;
  }
  return result;
}

time_t time(time_t *result) {
  struct timespec ts;
  if (clock_gettime(CLOCK_REALTIME, &ts) != 0) {
    return (time_t)-1;
  }
  if (result != NULL) {
    *result = ts.tv_sec;
  }
  return ts.tv_sec;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a shell cannot do to an xt_recent table, for the tests: single writes of any bytes, many
 * threads at once, time stamps as wall-clock times, the clock of another machine.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NANOS 1000000000LL
#define WRITE_MAX (1 << 20)

static void die(const char *what)
{
	fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long nanos(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * NANOS + t.tv_nsec;
}

/* ---- jiffies ---- */

struct moment {
	unsigned long jiffies;
	long long monotonic;
};

/*
 * What the kernel's timer list says of the counter, and when it had been read at the latest. Not what
 * it says at its head: a kernel that watches its memory prints for 15 ms before it comes to the
 * counter, and is interrupted meanwhile. The first read is for a few bytes, so that it ends as soon as
 * the first processor's part, of which the counter is the end, was printed into the kernel's buffer.
 */
static struct moment moment(void)
{
	static char text[1 << 20];
	struct moment m = {};
	size_t have = 0, want = 256;
	ssize_t got;
	char *at;
	int fd = open("/proc/timer_list", O_RDONLY);

	if (fd < 0)
		die("/proc/timer_list");
	while ((got = read(fd, text + have, want)) > 0) {
		const long long after = nanos(CLOCK_MONOTONIC);

		have += got;
		text[have] = '\0';
		want = sizeof(text) - 1 - have;
		if (!m.monotonic && strstr(text, "\ncpu: "))
			m.monotonic = after;
		at = strstr(text, "\njiffies: ");
		if (at && strchr(at + 1, '\n')) {
			m.jiffies = strtoul(at + 10, NULL, 10);
			break;
		}
	}
	close(fd);
	if (!m.jiffies) {
		fprintf(stderr, "probe: /proc/timer_list tells no jiffies\n");
		exit(1);
	}
	return m;
}

static long long tick(void)
{
	struct timespec t;

	clock_getres(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec * NANOS + t.tv_nsec;
}

/*
 * When a jiffy began, on CLOCK_REALTIME: the earliest of many readings is the best one. Of seconds:
 * a machine whose host is busy counts its ticks late, for as long as that lasts.
 */
static struct moment begin(void)
{
	struct moment base = moment();
	const long long length = tick();

	for (int i = 0; i < 1000; i++) {
		struct moment m = moment();
		long long at = m.monotonic - (long long)(m.jiffies - base.jiffies) * length;

		if (at < base.monotonic)
			base.monotonic = at;
		usleep(5000);
	}
	long long narrowest = NANOS, offset = 0;

	for (int i = 0; i < 20; i++) {
		long long before = nanos(CLOCK_MONOTONIC);
		long long wall = nanos(CLOCK_REALTIME);
		long long after = nanos(CLOCK_MONOTONIC);

		if (after - before < narrowest) {
			narrowest = after - before;
			offset = wall - before - (after - before) / 2;
		}
	}
	base.monotonic += offset;
	return base;
}

/* ---- single writes ---- */

/* The text with \n and \0 for what they mean; returns its length. */
static size_t unescape(const char *text, char *out)
{
	size_t n = 0;

	for (; *text; text++) {
		if (text[0] == '\\' && (text[1] == 'n' || text[1] == '0'))
			out[n++] = *++text == 'n' ? '\n' : '\0';
		else
			out[n++] = *text;
	}
	return n;
}

static void answer(ssize_t done, size_t size)
{
	if (done < 0)
		printf("%s\n", strerrorname_np(errno));
	else
		printf("%zd%s\n", done, (size_t)done < size ? " short" : "");
}

static int write_text(const char *table, int count, char **texts)
{
	int fd = open(table, O_WRONLY);

	if (fd < 0)
		die(table);
	for (int i = 0; i < count; i++) {
		char *bytes = malloc(strlen(texts[i]) + 1);
		size_t size = unescape(texts[i], bytes);

		answer(write(fd, bytes, size), size);
		free(bytes);
	}
	return 0;
}

/* One write of all that standard input holds. */
static int write_all(const char *table)
{
	static char bytes[4 * WRITE_MAX];
	size_t size = fread(bytes, 1, sizeof(bytes), stdin);
	int fd = open(table, O_WRONLY);

	if (fd < 0)
		die(table);
	answer(write(fd, bytes, size), size);
	return 0;
}

/* Opens, waits for a line on standard input, writes: what becomes of a table that is gone? */
static int write_late(const char *table, const char *text)
{
	char line[64];
	int fd = open(table, O_WRONLY);

	if (fd < 0)
		die(table);
	printf("open\n");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 1;
	answer(write(fd, text, strlen(text)), strlen(text));
	return 0;
}

/* ---- many at once ---- */

static const char *hammered;
static bool mixed;
static volatile bool stop;
static long commands, refused, rows, torn;
static unsigned long start_jiffies;

/* Lines for random addresses, with stamps that follow each other by one. */
static size_t some_lines(char *buf, unsigned int *seed)
{
	size_t n = 0;

	for (int lines = 1 + rand_r(seed) % 4; lines; lines--) {
		unsigned long first = start_jiffies - 2000 + rand_r(seed) % 900;
		int stamps = 1 + rand_r(seed) % 40;

		n += sprintf(buf + n, "*10.7.%d.%d;%d", rand_r(seed) % 2, rand_r(seed) % 120,
			     rand_r(seed) % 256);
		for (int i = 0; i < stamps; i++)
			n += sprintf(buf + n, ";%lu", first + i);
		buf[n++] = '\n';
	}
	return n;
}

static void *writer(void *arg)
{
	unsigned int seed = 7919 * (unsigned int)(uintptr_t)arg + 1;
	char buf[8192];
	int fd = open(hammered, O_WRONLY);

	while (!stop) {
		size_t n = some_lines(buf, &seed);

		if (write(fd, buf, n) != (ssize_t)n)
			__atomic_add_fetch(&refused, 1, __ATOMIC_RELAXED);
		__atomic_add_fetch(&commands, 1, __ATOMIC_RELAXED);
		if (rand_r(&seed) % 50)
			continue;
		/* the kernel's own commands, which want a position of 0 */
		int other = open(hammered, O_WRONLY);
		const char *verbs = mixed ? "+-/" : "--/";
		char verb = verbs[rand_r(&seed) % 3];

		n = verb == '/' ? sprintf(buf, "/") :
				  sprintf(buf, "%c10.7.0.%d\n", verb, rand_r(&seed) % 120);
		if (write(other, buf, n) != (ssize_t)n)
			__atomic_add_fetch(&refused, 1, __ATOMIC_RELAXED);
		close(other);
	}
	close(fd);
	return NULL;
}

/* Whether a row's stamps follow each other by one, as all that writers write. */
static bool whole(char *row)
{
	char *at = strstr(row, "oldest_pkt: ");
	unsigned long last, next;

	if (!at)
		return false;
	at = strchr(at + 12, ' ');
	if (!at)
		return false;
	last = strtoul(at, &at, 10);
	while (*at == ',') {
		next = strtoul(at + 1, &at, 10);
		if (next != last + 1)
			return false;
		last = next;
	}
	return *at == '\n';
}

static void *reader(void *arg)
{
	char *row = NULL;
	size_t room = 0;

	while (!stop) {
		FILE *f = fopen(hammered, "r");

		while (f && getline(&row, &room, f) > 0) {
			__atomic_add_fetch(&rows, 1, __ATOMIC_RELAXED);
			if (!mixed && !whole(row)) {
				if (!__atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED))
					fprintf(stderr, "probe: torn: %s", row);
			}
		}
		if (f)
			fclose(f);
	}
	free(row);
	return arg;
}

static int hammer(const char *table, int seconds, bool with_others)
{
	pthread_t threads[6];

	hammered = table;
	mixed = with_others;
	start_jiffies = moment().jiffies;
	for (intptr_t i = 0; i < 6; i++)
		pthread_create(&threads[i], NULL, i < 4 ? writer : reader, (void *)i);
	sleep(seconds);
	stop = true;
	for (int i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	printf("commands=%ld refused=%ld rows=%ld torn=%ld\n", commands, refused, rows, torn);
	return 0;
}

/* Long writes until the table's namespace is gone; says what ended them. */
static int outlive(const char *table)
{
	static char buf[WRITE_MAX];
	unsigned long stamp = moment().jiffies - 1000;
	size_t n = 0;
	long writes = 0;
	int fd = open(table, O_WRONLY);

	if (fd < 0)
		die(table);
	for (int i = 0; n + 64 < sizeof(buf); i++)
		n += sprintf(buf + n, "*10.%d.%d.%d;1;%lu\n", i >> 16 & 255, i >> 8 & 255, i & 255,
			     stamp);
	printf("writing\n");
	fflush(stdout);
	while (write(fd, buf, n) == (ssize_t)n)
		writes++;
	printf("%s %ld\n", strerrorname_np(errno), writes);
	return 0;
}

/* How many entries a second one thread restores, in writes of so many lines. */
static int rate(const char *table, int entries, int lines)
{
	static char buf[WRITE_MAX];
	unsigned long stamp = moment().jiffies - 1000;
	int fd = open(table, O_WRONLY);
	long long began, spent = 0;

	if (fd < 0)
		die(table);
	for (int done = 0; done < entries;) {
		size_t n = 0;
		int i;

		for (i = 0; i < lines && n + 64 < sizeof(buf); i++, done++)
			n += sprintf(buf + n, "*10.%d.%d.%d;64;%lu\n", done >> 16 & 255,
				     done >> 8 & 255, done & 255, stamp);
		began = nanos(CLOCK_MONOTONIC);
		if (write(fd, buf, n) != (ssize_t)n)
			die("write");
		spent += nanos(CLOCK_MONOTONIC) - began;
	}
	printf("%.0f\n", entries * 1e9 / spent);
	return 0;
}

/* Packets from 250 addresses to one port, which must all be this machine's own; says how many. */
static int flood(const char *host, int port, int seconds)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	long long end = nanos(CLOCK_MONOTONIC) + seconds * NANOS;
	unsigned int seed = 1;
	long sent = 0;
	int sockets[250];

	inet_pton(AF_INET, host, &to.sin_addr);
	for (int i = 0; i < 250; i++) {
		struct sockaddr_in from = { .sin_family = AF_INET };

		from.sin_addr.s_addr = htonl((10 << 24) + (9 << 16) + (1 << 8) + i + 1);
		sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (bind(sockets[i], (struct sockaddr *)&from, sizeof(from)))
			die("bind");
	}
	while (nanos(CLOCK_MONOTONIC) < end) {
		if (sendto(sockets[rand_r(&seed) % 250], "x", 1, 0, (struct sockaddr *)&to,
			   sizeof(to)) == 1)
			sent++;
		usleep(500);
	}
	printf("%ld\n", sent);
	return 0;
}

/* One reading of a table: rows, what it takes, and the longest that the lock was held for a piece. */
static int read_table(const char *table)
{
	static char piece[8192];
	long long began = nanos(CLOCK_MONOTONIC), longest = 0;
	long lines = 0, bytes = 0, pieces = 0;
	int fd = open(table, O_RDONLY);

	if (fd < 0)
		die(table);
	for (;;) {
		long long before = nanos(CLOCK_MONOTONIC), took;
		ssize_t got = read(fd, piece, sizeof(piece));

		took = nanos(CLOCK_MONOTONIC) - before;
		longest = took > longest ? took : longest;
		if (got < 0)
			die(table);
		if (!got)
			break;
		pieces++;
		bytes += got;
		for (ssize_t i = 0; i < got; i++)
			lines += piece[i] == '\n';
	}
	printf("rows=%ld bytes=%ld pieces=%ld ms=%lld longest_us=%lld\n", lines, bytes, pieces,
	       (nanos(CLOCK_MONOTONIC) - began) / 1000000, longest / 1000);
	return 0;
}

/* Sends a packet, and says when, in milliseconds of the clock that stamp_lines has. */
static int send_packet(const char *host, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, host, &to.sin_addr);
	printf("%.3f\n", nanos(CLOCK_MONOTONIC) / 1e6);
	if (sendto(s, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) != 1)
		die("sendto");
	return 0;
}

/* Copies lines, and says before each when it came. */
static int stamp_lines(void)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0) {
		printf("%.3f %s", nanos(CLOCK_MONOTONIC) / 1e6, line);
		fflush(stdout);
	}
	free(line);
	return 0;
}

/* ---- times ---- */

/*
 * The rows of a table: address, ttl, and stamps as microseconds since 1970, oldest first; the
 * middle of their tick, as ssyncd takes it.
 */
static int times(int count, char **tables)
{
	const struct moment base = begin();
	const long long length = tick();
	char *row = NULL;
	size_t room = 0;

	for (int i = 0; i < count; i++) {
		FILE *f = fopen(tables[i], "r");
		const char *name = strrchr(tables[i], '/');

		if (!f)
			die(tables[i]);
		while (getline(&row, &room, f) > 0) {
			char address[64], *at;
			unsigned int ttl, index, n = 0;
			static unsigned long stamps[1 << 16];
			unsigned long last;

			if (sscanf(row, "src=%63s ttl: %u last_seen: %lu oldest_pkt: %u", address, &ttl,
				   &last, &index) != 4)
				die("a row");
			at = strchr(strstr(row, "oldest_pkt: ") + 12, ' ');
			do {
				stamps[n++] = strtoul(at + (*at == ','), &at, 10);
			} while (*at == ',');
			printf("%s %s %u", name ? name + 1 : tables[i], address, ttl);
			for (unsigned int k = 0; k < n; k++) {
				long long ticks = (long)(stamps[(index + k) % n] - base.jiffies);

				printf(" %lld", (base.monotonic + ticks * length + length / 2) / 1000);
			}
			printf("\n");
		}
		fclose(f);
	}
	free(row);
	return 0;
}

/* Tells its clock to whoever connects and sends a byte, until it is killed. */
static _Noreturn void clock_server(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	int one = 1, s = socket(AF_INET, SOCK_DGRAM, 0);

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(s, (struct sockaddr *)&at, sizeof(at)))
		die("bind");
	for (;;) {
		struct sockaddr_in from;
		socklen_t len = sizeof(from);
		long long now;

		if (recvfrom(s, &now, sizeof(now), 0, (struct sockaddr *)&from, &len) < 0)
			die("recvfrom");
		now = nanos(CLOCK_REALTIME);
		sendto(s, &now, sizeof(now), 0, (struct sockaddr *)&from, len);
	}
}

/*
 * How far that clock is ahead of this one, and by how much that may be wrong, in microseconds: the
 * quickest of many questions.
 */
static int clock_offset(const char *host, int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct timeval patience = { .tv_usec = 200000 };
	long long best = INT64_MAX, offset = 0;
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, host, &at.sin_addr);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(s, (struct sockaddr *)&at, sizeof(at)))
		die("connect");
	for (int i = 0; i < 300; i++) {
		long long before = nanos(CLOCK_REALTIME), after, theirs;

		if (send(s, &before, sizeof(before), 0) < 0 || recv(s, &theirs, sizeof(theirs), 0) < 0)
			continue;
		after = nanos(CLOCK_REALTIME);
		if (after - before < best) {
			best = after - before;
			offset = theirs - before - best / 2;
		}
	}
	if (best == INT64_MAX) {
		fprintf(stderr, "probe: no answer of %s:%d\n", host, port);
		return 1;
	}
	printf("%lld %lld\n", offset / 1000, best / 2000 + 1);
	return 0;
}

/* Sets this clock by so many microseconds. */
static int clock_step(long long micros)
{
	long long now = nanos(CLOCK_REALTIME) + micros * 1000;
	struct timespec t = { .tv_sec = now / NANOS, .tv_nsec = now % NANOS };

	if (clock_settime(CLOCK_REALTIME, &t))
		die("clock_settime");
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "jiffies") && argc == 2)
		return printf("%lu\n", moment().jiffies) < 0;
	if (!strcmp(verb, "hz") && argc == 2)
		return printf("%lld\n", NANOS / tick()) < 0;
	if (!strcmp(verb, "write") && argc >= 4)
		return write_text(argv[2], argc - 3, argv + 3);
	if (!strcmp(verb, "write-all") && argc == 3)
		return write_all(argv[2]);
	if (!strcmp(verb, "write-late") && argc == 4)
		return write_late(argv[2], argv[3]);
	if (!strcmp(verb, "hammer") && argc == 5)
		return hammer(argv[2], atoi(argv[3]), !strcmp(argv[4], "mixed"));
	if (!strcmp(verb, "outlive") && argc == 3)
		return outlive(argv[2]);
	if (!strcmp(verb, "flood") && argc == 5)
		return flood(argv[2], atoi(argv[3]), atoi(argv[4]));
	if (!strcmp(verb, "rate") && argc == 5)
		return rate(argv[2], atoi(argv[3]), atoi(argv[4]));
	if (!strcmp(verb, "read") && argc == 3)
		return read_table(argv[2]);
	if (!strcmp(verb, "send") && argc == 4)
		return send_packet(argv[2], atoi(argv[3]));
	if (!strcmp(verb, "stamp-lines") && argc == 2)
		return stamp_lines();
	if (!strcmp(verb, "times") && argc >= 3)
		return times(argc - 2, argv + 2);
	if (!strcmp(verb, "clock-server") && argc == 3)
		clock_server(atoi(argv[2]));
	if (!strcmp(verb, "clock-offset") && argc == 4)
		return clock_offset(argv[2], atoi(argv[3]));
	if (!strcmp(verb, "clock-step") && argc == 3)
		return clock_step(atoll(argv[2]));
	fprintf(stderr,
		"usage: probe jiffies | hz\n"
		"       probe write TABLE TEXT... | write-all TABLE <BYTES | write-late TABLE TEXT\n"
		"       probe hammer TABLE SECONDS alone|mixed | outlive TABLE\n"
		"       probe flood ADDRESS PORT SECONDS\n"
		"       probe rate TABLE ENTRIES LINES | times TABLE... | read TABLE\n"
		"       probe send ADDRESS PORT | stamp-lines <LINES\n"
		"       probe clock-server PORT | clock-offset ADDRESS PORT | clock-step MICROSECONDS\n");
	return 64;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * xt_recent: a command that restores entries with their time stamps.
 *
 * This file is no module of its own.  "prepare" puts it into a copy of the
 * distribution's xt_recent.c, right before that file's proc operations, and
 * makes recent_restore_proc_write() their write operation.  It builds upon
 * nothing but what that file declares, and upon its lock.
 *
 * A write to /proc/net/xt_recent/TABLE that begins with '*' holds lines of
 *
 *	*ADDR;TTL;STAMP[;STAMP...][;]
 *
 * Each makes the entry of ADDR hold these time stamps and no others, creating
 * it if need be.  Stamps are jiffies of this boot, oldest first.  One that is
 * ahead of the clock is brought back to it, for the writer's idea of now is
 * never quite the kernel's.  Of more stamps than the table's ring takes, the
 * newest stay.
 *
 * A line counts whole or not at all.  The write answers how many bytes of
 * whole lines it has applied; if that are none, with what is wrong about the
 * first.  So whoever goes on behind a short write is told of the line that
 * ended it.  The last line needs no newline.  The position in the file is
 * neither looked at nor moved.  What begins otherwise is the business of
 * recent_mt_proc_write(), as ever.
 */
#include <linux/mm.h>
#include <linux/sched.h>

/* Bytes of one write; what a longer one has behind its last whole line within
 * these is left for the next.
 */
#define RECENT_RESTORE_BYTES	BIT(20)

/* Tells writers what they can rely upon: /sys/module/xt_recent/version. */
MODULE_VERSION("ssyncd-restore-1");

/*
 * How many stamps an entry can hold in a ring of mask + 1.  Its index is where
 * the next one goes, and never 0, for xt_recent looks at the stamp before it;
 * so a ring as large as the index can count is filled up to its last place but
 * one, as xt_recent itself does.
 */
static unsigned int recent_restore_room(unsigned int mask)
{
	const size_t index_bytes = sizeof(((struct recent_entry *)0)->index);

	BUILD_BUG_ON(sizeof(((struct recent_entry *)0)->index) > 2);
	return min(mask + 1, (1U << (BITS_PER_BYTE * index_bytes)) - 1);
}

/* How many fields a list has; a ';' behind the last one adds none. */
static unsigned int recent_restore_fields(const char *list)
{
	unsigned int fields = 1;

	for (; *list; list++)
		if (list[0] == ';' && list[1])
			fields++;
	return fields;
}

static int recent_restore_addr(const char *text, const struct recent_table *t,
			       struct recent_entry *e)
{
	union nf_inet_addr addr = {};
	const char *end;
	int ok;

	if (strchr(text, ':')) {
		e->family = NFPROTO_IPV6;
		ok = in6_pton(text, -1, (u8 *)&addr, -1, &end);
	} else {
		e->family = NFPROTO_IPV4;
		ok = in4_pton(text, -1, (u8 *)&addr, -1, &end);
	}
	if (!ok || *end)
		return -EINVAL;
	/* packets are looked up by their masked address */
	nf_inet_addr_mask(&addr, &e->addr, &t->mask);
	return 0;
}

static int recent_restore_ttl(const char *text, struct recent_entry *e)
{
	u8 ttl;
	int err;

	if (!isdigit(*text))
		return -EINVAL;
	err = kstrtou8(text, 10, &ttl);
	e->ttl = ttl;
	return err;
}

/* Takes the stamps of a list, which is the same again afterwards. */
static int recent_restore_stamps(char *list, unsigned int room,
				 struct recent_entry *e)
{
	const unsigned int fields = recent_restore_fields(list);
	const unsigned int skip = fields > room ? fields - room : 0;
	const unsigned long now = jiffies;
	unsigned long stamp, last = 0;
	unsigned int i;
	char *end;
	int err;

	for (i = 0; i < fields; i++) {
		if (!isdigit(*list))
			return -EINVAL;
		end = strchrnul(list, ';');
		if (*end) {
			*end = '\0';
			err = kstrtoul(list, 10, &stamp);
			*end++ = ';';
		} else {
			err = kstrtoul(list, 10, &stamp);
		}
		if (err)
			return err;
		if (time_after(stamp, now))
			stamp = now;
		if (i && time_before(stamp, last))
			return -EINVAL;
		last = stamp;
		if (i >= skip)
			e->stamps[i - skip] = stamp;
		list = end;
	}
	e->nstamps = fields - skip;
	e->index = fields - skip;
	return 0;
}

/*
 * An entry for a table with rings of mask + 1, as a line tells it.  The line
 * is cut up while it is read, and whole again afterwards.
 */
static struct recent_entry *
recent_restore_parse(const struct recent_table *t, char *line,
		     unsigned int mask)
{
	struct recent_entry *e;
	char *ttl, *stamps;
	int err;

	ttl = strchr(line, ';');
	stamps = ttl ? strchr(ttl + 1, ';') : NULL;
	if (line[0] != '*' || !stamps)
		return ERR_PTR(-EINVAL);

	/* xt_recent ends it with kfree(), and may use all of the ring */
	e = kmalloc(sizeof(*e) + ((size_t)mask + 1) * sizeof(e->stamps[0]),
		    GFP_KERNEL | __GFP_NOWARN);
	if (!e)
		return ERR_PTR(-ENOMEM);

	*ttl = '\0';
	*stamps = '\0';
	err = recent_restore_addr(line + 1, t, e);
	if (!err)
		err = recent_restore_ttl(ttl + 1, e);
	if (!err)
		err = recent_restore_stamps(stamps + 1,
					    recent_restore_room(mask), e);
	*ttl = ';';
	*stamps = ';';
	if (err) {
		kfree(e);
		return ERR_PTR(err);
	}
	return e;
}

/*
 * Puts an entry into its table, in the place of the one of that address or,
 * in a full table, of the one that was used the longest time ago.  -EAGAIN if
 * the rings have grown since it was made.
 */
static int recent_restore_insert(struct recent_table *t,
				 struct recent_entry *e, unsigned int mask)
{
	struct recent_entry *old;
	unsigned int hash;

	if (e->family == NFPROTO_IPV4)
		hash = recent_entry_hash4(&e->addr);
	else
		hash = recent_entry_hash6(&e->addr);

	spin_lock_bh(&recent_lock);
	if (t->nstamps_max_mask != mask) {
		spin_unlock_bh(&recent_lock);
		return -EAGAIN;
	}
	old = recent_entry_lookup(t, &e->addr, e->family, 0);
	if (!old && t->entries >= ip_list_tot)
		old = list_first_entry(&t->lru_list, struct recent_entry,
				       lru_list);
	if (old)
		recent_entry_remove(t, old);
	list_add_tail(&e->list, &t->iphash[hash]);
	list_add_tail(&e->lru_list, &t->lru_list);
	t->entries++;
	spin_unlock_bh(&recent_lock);
	return 0;
}

static int recent_restore_line(struct recent_table *t, char *line)
{
	struct recent_entry *e;
	unsigned int mask;
	int err;

	do {
		mask = READ_ONCE(t->nstamps_max_mask);
		e = recent_restore_parse(t, line, mask);
		if (IS_ERR(e))
			return PTR_ERR(e);
		err = recent_restore_insert(t, e, mask);
		if (err)
			kfree(e);
	} while (err == -EAGAIN);
	return err;
}

/*
 * Applies the lines of a buffer of size bytes and a '\0'; more says that the
 * write went on behind it.  Returns as the write does.
 */
static ssize_t recent_restore_lines(struct recent_table *t, char *buf,
				    size_t size, bool more)
{
	char *line = buf, *end;
	int err = 0;

	while (line < buf + size) {
		end = memchr(line, '\n', buf + size - line);
		if (!end) {
			if (more) {
				err = -EMSGSIZE;
				break;
			}
			end = buf + size;
		}
		*end = '\0';
		err = strlen(line) == end - line ?
			recent_restore_line(t, line) : -EINVAL;
		if (err)
			break;
		line = min(end + 1, buf + size);
		cond_resched();
	}
	return line > buf ? line - buf : err;
}

/*
 * The namespace of a table, held; NULL if one of them is about to go.  When a
 * namespace ends, xt_recent waits for those who are inside a table's file with
 * recent_lock held, for which they would wait as well.  A write of many lines
 * is long, so it keeps the namespace from ending until it is through.
 */
static struct net *recent_restore_get_net(const struct recent_table *t)
{
	const struct recent_table *other;
	struct net *net, *held = NULL;
	bool found = false;

	rcu_read_lock();
	for_each_net_rcu(net) {
		spin_lock_bh(&recent_lock);
		list_for_each_entry(other, &recent_pernet(net)->tables, list) {
			if (other == t) {
				found = true;
				held = maybe_get_net(net);
				break;
			}
		}
		spin_unlock_bh(&recent_lock);
		if (found)
			break;
	}
	rcu_read_unlock();
	return held;
}

static ssize_t
recent_restore_proc_write(struct file *file, const char __user *input,
			  size_t size, loff_t *loff)
{
	const struct seq_file *seq = file->private_data;
	const struct recent_iter_state *st = seq->private;
	struct recent_table *t = (struct recent_table *)st->table;
	const size_t take = min_t(size_t, size, RECENT_RESTORE_BYTES);
	struct net *net;
	ssize_t done;
	char *buf, first;

	if (size == 0)
		return 0;
	if (get_user(first, input))
		return -EFAULT;
	if (first != '*')
		return recent_mt_proc_write(file, input, size, loff);

	net = recent_restore_get_net(t);
	if (!net)
		return -EIO;	/* as a file answers whose table is gone */
	buf = kvmalloc(take + 1, GFP_KERNEL);
	if (!buf) {
		done = -ENOMEM;
	} else if (copy_from_user(buf, input, take)) {
		done = -EFAULT;
	} else {
		buf[take] = '\0';
		done = recent_restore_lines(t, buf, take, take < size);
	}
	kvfree(buf);
	put_net(net);
	return done;
}

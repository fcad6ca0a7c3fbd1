package io.ssyncd.log.atomix;

import io.ssyncd.log.LogListener;
import io.ssyncd.log.Role;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listener what changed between views, in their order and from one thread. */
final class Announcer {
  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  private final LogListener listener;
  private final ExecutorService thread;
  private View told = View.NONE;

  Announcer(LogListener listener, ExecutorService thread) {
    this.listener = listener;
    this.thread = thread;
  }

  /** Announces the difference to the view before; may be called by any thread. */
  void announce(View now) {
    execute(() -> tell(now));
  }

  void halted(String reason) {
    execute(() -> listener.halted(reason));
  }

  private void tell(View now) {
    View before = told;
    told = now;
    boolean leads = now.role() == Role.LEADER;
    if (now.role() != before.role() || leads && now.term() != before.term()) {
      listener.roleChanged(now.role(), now.term());
    }
    if (!Objects.equals(now.leader(), before.leader())
        || now.leader() != null && now.term() != before.term()) {
      listener.leaderChanged(now.leader(), now.term());
    }
  }

  private void execute(Runnable task) {
    try {
      thread.execute(
          () -> {
            try {
              task.run();
            } catch (RuntimeException e) {
              log.error("the log's listener failed", e);
            }
          });
    } catch (RejectedExecutionException e) {
      log.debug("nothing is announced after the end", e);
    }
  }
}

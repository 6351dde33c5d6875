/* The floor for starting programs: nothing but posix_spawn and wait, so many at a time. argv: count, at once, program… */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int count = atoi(argv[1]), most = atoi(argv[2]), made = 0, ended = 0;
  struct { pid_t pid; double at; } live[64] = {0};
  double *took = calloc(count, sizeof *took), begun = now();
  while (ended < count) {
    for (int slot = 0; slot < most && slot < 64 && made < count; slot++) {
      if (live[slot].pid != 0) continue;
      live[slot].at = now();
      if (posix_spawn(&live[slot].pid, argv[3], NULL, NULL, argv + 3, environ) != 0) return 1;
      made++;
    }
    int status;
    pid_t pid = wait(&status);
    if (status != 0) return 1;
    for (int slot = 0; slot < 64; slot++)
      if (live[slot].pid == pid) {
        took[ended++] = now() - live[slot].at;
        live[slot].pid = 0;
      }
  }
  printf("{\"perSecond\":%f,\"tookMs\":[", count / ((now() - begun) / 1e3));
  for (int each = 0; each < count; each++) printf("%s%.3f", each ? "," : "", took[each]);
  printf("]}\n");
  return 0;
}

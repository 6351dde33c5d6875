/**
 * The program of the start helper, see `perl-launcher.ts`. Perl, as it is on nearly every Linux, forks from 5 MB, and can
 * speak to the kernel without a module: numbers of system calls come in its arguments.
 *
 * Orders and answers are frames: the length of what follows (4 bytes, big-endian), a letter, the key of the start, and
 * then what the letter needs. It keeps nothing on disk, and ends with the spawner: the kernel sees to that.
 */
export const perlProgram = String.raw`
use strict;
my ($parent, %number) = @ARGV;
$0 = 'jtp-starter';
sub system_call { my $name = shift; return syscall($number{$name}, @_) }
my ($DEATH_SIGNAL, $DUMPABLE, $SUBREAPER, $KILL) = (1, 4, 36, 9);
my ($NEW_PID, $NEW_MOUNT) = (0x20000000, 0x20000);
my ($SLAVE, $NO_SUID_DEV_EXEC) = (0x84000, 14);
system_call('prctl', $DEATH_SIGNAL, $KILL, 0, 0, 0);
system_call('prctl', $DUMPABLE, 0, 0, 0, 0);
# What a job leaves behind becomes a child of this process: nothing is overlooked.
system_call('prctl', $SUBREAPER, 1, 0, 0, 0);
exit if getppid() != $parent;
$SIG{$_} = sub { } for qw(INT TERM HUP QUIT PIPE);
pipe(my $bell, my $ring) or exit 1;
pipe(my $refusals, my $refuse) or exit 1;
# Not to wait, neither to ring nor to look.
fcntl($_, 4, 2048) for $bell, $ring, $refusals;
$SIG{CHLD} = sub { syswrite $ring, 'x' };
open(my $null, '<', '/dev/null') or exit 1;
open(my $home, '<', '/proc/self/ns/pid');
my $watch = '';
vec($watch, $_, 1) = 1 for 0, fileno $bell;
my (%job_of, %first_of, %live, %stream, %refused);
my ($in, $out) = ('', '');

sub answer { $out .= pack('N/a*', pack('a N a*', @_)) }

sub flush {
  while (length $out) {
    my $sent = syswrite STDOUT, $out, 1 << 20;
    next unless defined $sent;
    substr($out, 0, $sent) = '';
  }
}

sub forget {
  my $fd = shift;
  my $of = delete $stream{$fd} or return;
  vec($watch, $fd, 1) = 0;
  close $of->[2];
  my $live = $live{$of->[0]} or return;
  delete $live->{fds}{$fd};
  delete $live{$of->[0]} if $live->{ended} && !%{ $live->{fds} };
}

# Whether there may be more to read.
sub hear {
  my $fd = shift;
  my ($key, $name, $handle) = @{ $stream{$fd} };
  my $got = sysread $handle, my $bytes, 65536;
  return 1 unless defined $got;
  if ($got) { answer('O', $key, $name . $bytes); flush() if length $out > 262144; return 1 }
  forget($fd);
  answer('C', $key, $name);
  return 0;
}

sub hear_all {
  my $key = shift;
  for my $fd (keys %{ $live{$key}{fds} }) {
    # What a talkative daemon of the job still says is read in its turn.
    for (1 .. 16) {
      my $ready = '';
      vec($ready, $fd, 1) = 1;
      last if select($ready, undef, undef, 0) < 1 or !hear($fd);
    }
  }
}

sub children {
  my $pid = shift;
  open(my $file, '<', "/proc/$pid/task/$pid/children") or return undef;
  my $got = sysread $file, my $text, 1 << 20;
  return defined $got ? [split ' ', $text] : undef;
}

sub be_first {
  system_call('prctl', $DEATH_SIGNAL, $KILL, 0, 0, 0);
  $SIG{$_} = 'IGNORE' for qw(INT TERM HUP QUIT CHLD);
  chdir '/';
  if (system_call('close_range', 0, 0xffffffff, 0) != 0) {
    close $_->[2] for values %stream;
    close $_ for $bell, $ring, $refusals, $refuse, $null, $home;
    close STDIN; close STDOUT; close STDERR;
  }
  sleep while 1;
}

sub be_job {
  my ($key, $inside, $limit, $input, $user, $cwd, $file, $argv, $env, $stdout, $stderr) = @_;
  system_call('setsid');
  my $is_ready = 1;
  if ($inside eq 'namespace') {
    my ($none, $root, $proc, $place) = ('none', '/', 'proc', '/proc');
    $is_ready = system_call('unshare', $NEW_MOUNT) == 0
      && system_call('mount', $none, $root, 0, $SLAVE, 0) == 0
      && system_call('mount', $proc, $place, $proc, $NO_SUID_DEV_EXEC, 0) == 0;
  } elsif ($inside ne '') {
    my $group;
    $is_ready = open($group, '>', "$inside/cgroup.procs") && syswrite $group, '0';
  }
  $is_ready &&= system_call('prlimit64', 0, 1, pack('QQ', $limit, $limit), 0) == 0 if $limit ne '';
  my $given = $null;
  $is_ready &&= open($given, '<', $input) if $input ne '';
  if ($user ne '') {
    my ($uid, $gid) = map { $_ + 0 } split /:/, $user;
    # It may open its own streams by name. Of its groups nothing can be said after the user has changed.
    $is_ready &&= chown($uid, $gid, $stdout, $stderr) == 2
      && system_call('setgroups', 0, 0) == 0
      && system_call('setresgid', $gid, $gid, $gid) == 0
      && system_call('setresuid', $uid, $uid, $uid) == 0;
  }
  $is_ready &&= chdir $cwd;
  if ($is_ready) {
    system_call('dup3', fileno $given, 0, 0);
    system_call('dup3', fileno $stdout, 1, 0);
    system_call('dup3', fileno $stderr, 2, 0);
    %ENV = map { split /=/, $_, 2 } @$env;
    exec { $file } @$argv;
  }
  syswrite $refuse, pack('N N', $key, $! + 0);
  exit 127;
}

sub start {
  my ($key, $inside, $limit, $input, $user, $cwd, $file, $argc, @rest) = @_;
  my @argv = splice @rest, 0, $argc;
  my ($first, $pid, $wrong) = (0, undef, 0);
  if ($inside eq 'namespace') {
    return answer('E', $key, pack('N', $! + 0)) if system_call('unshare', $NEW_PID) != 0;
    $first = fork;
    be_first() if defined $first && $first == 0;
    $wrong = $! + 0 unless defined $first;
  }
  my ($out_end, $stdout, $err_end, $stderr);
  if (!$wrong) {
    if (pipe($out_end, $stdout) && pipe($err_end, $stderr)) {
      $pid = fork;
      be_job($key, $inside, $limit, $input, $user, $cwd, $file, \@argv, \@rest, $stdout, $stderr) if defined $pid && $pid == 0;
    }
    $wrong = $! + 0 unless defined $pid;
  }
  system_call('setns', fileno $home, $NEW_PID) if $inside eq 'namespace';
  if ($wrong) {
    kill 'KILL', $first if $first;
    return answer('E', $key, pack('N', $wrong));
  }
  $job_of{$pid} = $key;
  $first_of{$first} = $key if $first;
  $live{$key} = { pid => $pid, first => $first, fds => {} };
  for (['o', $out_end], ['e', $err_end]) {
    my ($name, $handle) = @$_;
    my $fd = fileno $handle;
    $stream{$fd} = [$key, $name, $handle];
    $live{$key}{fds}{$fd} = 1;
    vec($watch, $fd, 1) = 1;
  }
  answer('P', $key, pack('N N', $pid, $first));
}

sub reap {
  my @ended;
  # Unlike Perl's own word for it, the kernel's tells what the child and those it waited for have used.
  while (1) {
    my ($state, $used) = (pack('i', 0), "\0" x 272);
    my $pid = system_call('wait4', -1, $state, 1, $used);
    last unless $pid > 0;
    my ($user_s, $user_us, $system_s, $system_us, $peak) = unpack 'q5', $used;
    my $cpu_ms = ($user_s + $system_s) * 1000 + int(($user_us + $system_us) / 1000);
    if (my $key = delete $job_of{$pid}) { push @ended, [$key, unpack('i', $state), $peak, $cpu_ms] }
    elsif (my $of = delete $first_of{$pid}) { answer('G', $of, '') }
  }
  return unless @ended;
  while (sysread $refusals, my $said, 8) { my ($key, $code) = unpack 'N N', $said; $refused{$key} = $code }
  my $children = children($$);
  my $left = $children ? grep { !$job_of{$_} && !$first_of{$_} } @$children : 1;
  for (@ended) {
    my ($key, $status, $peak, $cpu_ms) = @$_;
    hear_all($key);
    my $first = $live{$key}{first};
    my $inside = $first ? children($first) : undef;
    my $is_alone = $first ? $inside && !@$inside : !$left;
    kill 'KILL', $first if $first && $is_alone;
    my $code = delete $refused{$key};
    if (defined $code) { answer('E', $key, pack('N', $code)) }
    else { answer('X', $key, pack('n C N N', $status & 0xffff, $is_alone ? 1 : 0, $peak, $cpu_ms)) }
    $live{$key}{ended} = 1;
    delete $live{$key} unless %{ $live{$key}{fds} };
  }
}

sub listen_to {
  my ($key, $is_wanted) = @_;
  vec($watch, $_, 1) = $is_wanted for keys %{ $live{$key} ? $live{$key}{fds} : {} };
}

sub heed {
  my ($letter, $key, @rest) = @_;
  if ($letter eq 'S') { start($key, @rest) }
  elsif ($letter eq 'Z') { listen_to($key, 0) }
  elsif ($letter eq 'R') { listen_to($key, 1) }
  elsif ($letter eq 'D' && $live{$key}) {
    forget($_) for keys %{ $live{$key}{fds} };
    delete $live{$key} if $live{$key}{ended};
  }
}

sub leave {
  kill 'KILL', $_, -$_ for keys %job_of;
  kill 'KILL', $_ for keys %first_of;
  exit;
}

answer('U', 0, '');
while (1) {
  flush();
  my $ready = $watch;
  next if select($ready, undef, undef, undef) < 1;
  if (vec($ready, 0, 1)) {
    my $got = sysread STDIN, $in, 65536, length $in;
    leave() if defined $got && $got == 0;
    while (length $in >= 4 && length $in >= 4 + (my $size = unpack 'N', $in)) {
      heed(split /\0/, substr($in, 4, $size), -1);
      $in = substr $in, 4 + $size;
    }
  }
  if (vec($ready, fileno $bell, 1)) {
    sysread $bell, my $rung, 4096;
    reap();
  }
  for my $fd (keys %stream) { hear($fd) if $stream{$fd} && vec($ready, $fd, 1) }
}
`;

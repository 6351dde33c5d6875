import { describe, expect, test } from 'vitest';
import { refuseValue } from '../model/process-entry.ts';
import { buildEnvironment, jobVariables, occurrenceKey, refuseVariable } from './environment.ts';

const names = { jobId: 'j', runId: 'r', occurrenceKey: 'k', attempt: 2, fence: 5, dueAt: 0 };
const files = {
  folder: '/f',
  log: '/f/1.log',
  result: '/f/result',
  progress: '/f/progress',
  upstream: '/f/1.upstream.json',
  artifacts: '/f/artifacts',
};

test('a process gets an allow-list of the environment, the job’s own and what the portal tells', () => {
  const hostEnv = {
    PATH: '/bin',
    HOME: '/h',
    LC_ALL: 'C',
    TZ: 'UTC',
    JOB_PORTAL_DB_URL: 's',
    AWS_SECRET: 's',
    NODE_OPTIONS: '-r x',
    JTP_FENCE: '9',
  };
  const jobEnv = { LEVEL: '9', HOME: '/mine', JTP_RUN_ID: 'forged', jtp_attempt: 'forged' };
  const parameters = { date: '2026-01-15', 'dry-run': true, count: 3, nothing: null };
  expect(buildEnvironment({ hostEnv, jobEnv, names, parameters, files })).toEqual({
    PATH: '/bin',
    HOME: '/mine',
    LC_ALL: 'C',
    TZ: 'UTC',
    LEVEL: '9',
    JTP_JOB_ID: 'j',
    JTP_RUN_ID: 'r',
    JTP_OCCURRENCE_KEY: 'k',
    JTP_ATTEMPT: '2',
    JTP_FENCE: '5',
    JTP_DUE_AT: '1970-01-01T00:00:00Z',
    JTP_PARAM_DATE: '2026-01-15',
    JTP_PARAM_DRY_RUN: 'true',
    JTP_PARAM_COUNT: '3',
    JTP_RESULT_FILE: '/f/result',
    JTP_ARTIFACTS_DIR: '/f/artifacts',
    JTP_PROGRESS_FILE: '/f/progress',
  });
});

test('the table that people read names each variable of a process, and no other', () => {
  const env = buildEnvironment({
    hasUpstream: true,
    hostEnv: {},
    jobEnv: {},
    names,
    parameters: { '<name>': 1 },
    files,
  });
  const told = Object.keys(env).map((name) => name.replace('JTP_PARAM__NAME_', 'JTP_PARAM_<NAME>'));
  expect(Object.keys(jobVariables).sort()).toEqual(told.sort());
});

test('a run without an occurrence is known by its own id', () => {
  expect(occurrenceKey({ scheduleId: 's', dueAt: 1000, runId: 'r' })).toBe('s@1970-01-01T00:00:01Z');
  expect(occurrenceKey({ scheduleId: null, dueAt: null, runId: 'r' })).toBe('r');
});

describe('a variable name (SEC-E3)', () => {
  test.each(['JTP_RUN_ID', 'jtp_x', '', 'A=B', 'A\nB', 'A\0'])('%j is refused to everyone', (name) => {
    expect(refuseVariable(name)?.adminOnly).toBe(false);
  });

  test.each([
    'LD_PRELOAD',
    'LD_ANYTHING',
    'DYLD_INSERT_LIBRARIES',
    'NODE_OPTIONS',
    'BASH_ENV',
    'ENV',
    'BASH_FUNC_x%%',
    'PYTHONSTARTUP',
    'PYTHONPATH',
    'PERL5OPT',
    'RUBYOPT',
    'JAVA_TOOL_OPTIONS',
    'GIT_SSH_COMMAND',
    'GIT_CONFIG_COUNT',
    'PATH',
    'IFS',
    'PROMPT_COMMAND',
    'ld_preload',
    'Node_Options',
  ])('%s is an administrator’s', (name) => expect(refuseVariable(name)?.adminOnly).toBe(true));

  test.each(['LEVEL', 'ENVIRONMENT', 'MY_PATH', 'PATHS', 'lower', 'A.B'])('%s is anybody’s', (name) => {
    expect(refuseVariable(name)).toBeNull();
  });
});

test('a value that no process can be given is refused (SEC-E2)', () => {
  expect(refuseValue('A', 'x'.repeat(131_068))).toBeNull();
  expect(refuseValue('A', 'x'.repeat(131_069))).toContain('131072 bytes');
  expect(refuseValue('A', 'a\0b')).toContain('NUL');
});

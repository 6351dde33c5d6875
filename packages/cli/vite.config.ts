import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const src = resolve(import.meta.dirname, 'src');

/** The engine keeps a program's text, in two bytes a character as soon as one of them needs two: so none does. */
function inOneByte(text: string): string {
  const escape = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
  return text.replace(/[^\p{ASCII}]/gu, (found) =>
    Array.from({ length: found.length }, (_, at) => escape(found.charCodeAt(at))).join(''),
  );
}

interface Imported {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly source?: { readonly value: string } | null;
  readonly specifiers?: readonly {
    readonly type: string;
    readonly local: { readonly name: string };
    readonly imported?: { readonly name?: string };
  }[];
}

/**
 * Node's own modules as `require` would give them. An import reads every name that they export, and some of those load
 * what nobody uses: 3 MB in the spawner.
 */
function withoutFacade({ source, specifiers = [] }: Imported): string {
  const module = `process.getBuiltinModule(${JSON.stringify(source?.value)})`;
  return specifiers
    .map(({ type, local, imported }) =>
      type === 'ImportSpecifier' && imported?.name !== 'default'
        ? `const{${imported?.name ?? local.name}:${local.name}}=${module};`
        : `const ${local.name}=${module};`,
    )
    .join('');
}

/**
 * Of Node's modules what a dependency asks for and hardly ever uses: a server without HTTP/2 and TLS of its own needs
 * neither, and they hold 10 MB. They come with the first use.
 */
const later = ['node:http2', 'node:https'];
const laterPrefix = '\0jtp-later:';

/**
 * What a dependency would load for a way of use that is not ours: schemas of its own to compile, requests without a socket.
 * Read, but never run, their text alone would hold 600 kB.
 */
const neverAsked = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler', 'light-my-request', 'pino'];

/** A module whose exports are looked up in Node's when somebody asks for one. */
function onFirstUse(name: string): string {
  const found = `process.getBuiltinModule(${JSON.stringify(name)})`;
  return `module.exports = new Proxy({}, { get: (_, name) => ${found}[name] });`;
}

/** Makes the built files cheap to hold. */
function lean(): Plugin {
  return {
    name: 'jtp-lean',
    enforce: 'pre',
    resolveId(source, importer) {
      return later.includes(source) && importer?.includes('/node_modules/fastify/') === true
        ? laterPrefix + source
        : null;
    },
    load(id) {
      return id.startsWith(laterPrefix) ? onFirstUse(id.slice(laterPrefix.length)) : null;
    },
    generateBundle(_options, bundle) {
      for (const part of Object.values(bundle)) {
        if (part.type !== 'chunk') continue;
        const { body } = this.parse(part.code) as unknown as { readonly body: readonly Imported[] };
        const ours = body.filter((each) => each.type === 'ImportDeclaration' && each.source?.value.startsWith('node:'));
        const code = ours.reduceRight(
          (text, each) => text.slice(0, each.start) + withoutFacade(each) + text.slice(each.end),
          part.code,
        );
        part.code = inOneByte(code);
      }
    },
  };
}

/**
 * The spawner stands alone in one file, which the older loader reads: every other file would be a path to look for, and
 * the loader of modules holds 1 MB more.
 */
const entries: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  programs: { main: resolve(src, 'main.ts') },
  spawner: { spawner: resolve(src, '../../core/src/spawner/main.ts') },
};

/**
 * The programs of a clone, in few files: `npm start` and `npm run jtp` run these. A thousand modules in one cost half the
 * time to start and 20 MB less than one by one. Names are kept, so that a stack still reads. `--mode` names the entry.
 *
 * What is published is built by `tsc` and stays in modules.
 */
export default defineConfig(({ mode }) => ({
  plugins: [lean()],
  ssr: {
    noExternal: true,
    // A native addon, what finds its own files by its own folder, and what leans on the order in which its parts are loaded.
    external: [
      '@node-rs/argon2',
      '@fastify/swagger',
      '@fastify/swagger-ui',
      '@simplewebauthn/server',
      'pg',
      'pg-native',
      '@aws-sdk/client-s3',
      '@aws-sdk/client-secrets-manager',
      ...neverAsked,
    ],
    resolve: { conditions: ['jtp-source', 'module', 'node', 'default'] },
  },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'built',
    // A portal that runs may still ask for a part of the build before.
    emptyOutDir: false,
    minify: false,
    rolldownOptions: {
      input: entries[mode] ?? {},
      output: {
        format: mode === 'spawner' ? 'cjs' : 'es',
        entryFileNames: mode === 'spawner' ? '[name].cjs' : '[name].js',
        chunkFileNames: '[name]-[hash].js',
        minify: { compress: true, mangle: false, codegen: true },
      },
    },
  },
}));

import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const src = resolve(import.meta.dirname, 'src');

/**
 * The programs of a clone, in few files: `npm start` and `npm run jtp` run these. A thousand modules in one cost half the
 * time to start and 20 MB less than one by one. Names are kept, so that a stack still reads.
 *
 * What is published is built by `tsc` and stays in modules.
 */
export default defineConfig({
  ssr: {
    noExternal: true,
    // A native addon, and what finds its own files by its own folder.
    external: ['@node-rs/argon2', '@fastify/swagger', '@fastify/swagger-ui', 'pg', 'pg-native'],
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
      input: { main: resolve(src, 'main.ts'), spawner: resolve(src, '../../core/src/spawner/main.ts') },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        minify: { compress: true, mangle: false, codegen: true },
      },
    },
  },
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, runnerImport, type Plugin } from 'vite';

const endpointsFile = resolve(import.meta.dirname, '../contract/src/endpoints.ts');

/** Of an endpoint a page needs method and path alone: its shapes, and the library that checks them, are the portal's. */
function addressesOnly(): Plugin {
  return {
    name: 'jtp-addresses-only',
    enforce: 'pre',
    async load(id) {
      if (id.split('?')[0] !== endpointsFile) return null;
      const source = { conditions: ['jtp-source', 'module', 'node', 'default'] };
      const { module } = await runnerImport<{
        endpoints: Readonly<Record<string, { readonly method: string; readonly path: string }>>;
      }>(endpointsFile, { configFile: false, resolve: source, ssr: { resolve: source } });
      const addresses = Object.entries(module.endpoints).map(([name, { method, path }]) => [name, { method, path }]);
      return `export const endpoints = ${JSON.stringify(Object.fromEntries(addresses))};`;
    },
  };
}

/** Compressed once here, so that no portal has to for each reader. */
function compressed(): Plugin {
  return {
    name: 'jtp-compressed',
    apply: 'build',
    writeBundle({ dir = '' }) {
      const assets = join(dir, 'assets');
      for (const name of readdirSync(assets).filter((each) => /\.(?:js|css|svg)$/.test(each)))
        writeFileSync(join(assets, `${name}.gz`), gzipSync(readFileSync(join(assets, name)), { level: 9 }));
    },
  };
}

/** Pages are built into `dist`, which the portal serves; relative parts come from the same origin only. */
export default defineConfig({
  plugins: [react(), addressesOnly(), compressed()],
  resolve: { conditions: ['jtp-source', ...defaultClientConditions] },
  build: { outDir: 'dist', target: 'es2022', chunkSizeWarningLimit: 900 },
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:3000' } },
});

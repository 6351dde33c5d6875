import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

const endpointsFile = resolve(import.meta.dirname, '../contract/src/endpoints.ts');

/** Asked of a Node of its own: this one knows the packages as they are published, and a clone has no such build. */
const addressesProgram = `
import { endpoints } from ${JSON.stringify(pathToFileURL(endpointsFile).href)};
const addresses = Object.entries(endpoints).map(([name, { method, path }]) => [name, { method, path }]);
process.stdout.write(JSON.stringify(Object.fromEntries(addresses)));
`;

/** Of an endpoint a page needs method and path alone: its shapes, and the library that checks them, are the portal's. */
function addressesOnly(): Plugin {
  return {
    name: 'jtp-addresses-only',
    enforce: 'pre',
    load(id) {
      if (id.split('?')[0] !== endpointsFile) return null;
      const args = ['-C', 'jtp-source', '--input-type=module', '-e', addressesProgram];
      const addresses = execFileSync(process.execPath, args, { encoding: 'utf8', cwd: import.meta.dirname });
      return `export const endpoints = ${addresses};`;
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
  // Parts name each other by where they lie, so that the pages can be found below a path of another server.
  experimental: { renderBuiltUrl: (_file, { hostType }) => (hostType === 'html' ? undefined : { relative: true }) },
  build: { outDir: 'dist', target: 'es2022', chunkSizeWarningLimit: 900 },
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:3000' } },
});

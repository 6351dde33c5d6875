import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** Pages are built into `dist`, which the portal serves; relative parts come from the same origin only. */
export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['jtp-source', ...defaultClientConditions] },
  build: { outDir: 'dist', target: 'es2022', chunkSizeWarningLimit: 900 },
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:3000' } },
});

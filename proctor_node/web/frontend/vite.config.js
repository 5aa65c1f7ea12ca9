// Builds the pages of the proctor node into ../dist, where the node serves them. Nothing is fetched from elsewhere.
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: fileURLToPath(new URL('../dist', import.meta.url)),
    emptyOutDir: true,
    rollupOptions: {
      input: ['index.html', 'teach.html'].map((page) => fileURLToPath(new URL(page, import.meta.url))),
    },
    modulePreload: { polyfill: false },
    // The node's content policy allows no data: fonts or scripts; pictures are drawn, not embedded.
    assetsInlineLimit: 0,
  },
})

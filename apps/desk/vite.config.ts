import { parse } from "@formatjs/icu-messageformat-parser";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Texts with places to fill in are parsed here and not in the browser, which then needs no parser. */
const messages = (): Plugin => ({
  name: "messages",
  enforce: "pre",
  transform: {
    filter: { id: /src\/i18n\/[\w.]+\.json$/ },
    handler: (json) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json) as Record<string, string>).map(([key, text]) => [key, /[{}<'#]/.test(text) ? parse(text, { captureLocation: false }) : text]))),
  },
});

/** The desk is plain files served by the server at `/`; in development Vite passes the API on to it. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [messages(), react()],
  resolve: { alias: [{ find: /^@formatjs\/icu-messageformat-parser$/, replacement: "@formatjs/icu-messageformat-parser/no-parser.js" }] },
  build: {
    target: "es2024",
    // A data: URI would need `img-src data:` for every icon; files keep the CSP short.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What changes only with its version stays in the browser's cache over our releases.
        codeSplitting: {
          groups: [
            { name: "vendor", test: /node_modules[\\/](react|react-dom|scheduler|react-intl|intl-messageformat|@formatjs|@tanstack|@floating-ui)[\\/]/ },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } } },
});

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The desk is plain files served by the server at `/`; in development Vite passes the API on to it. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: "es2024",
    // A data: URI would need `img-src data:` for every icon; files keep the CSP short.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } } },
});

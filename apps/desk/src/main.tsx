import "./app/mantine.css";
import "./app/tokens.css";
import "./app/base.css";
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";

/** A client's page: no session, nothing of the desk. */
const ClientForm = lazy(() => import("./features/forms/ClientForm.tsx"));
const isClient = location.pathname.startsWith("/f/");

const place = document.getElementById("root");
if (place) createRoot(place).render(<StrictMode>{isClient ? <Suspense><ClientForm /></Suspense> : <App />}</StrictMode>);

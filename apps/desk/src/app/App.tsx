import { MantineProvider, MantineThemeProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, type ReactNode } from "react";
import { useIntl } from "react-intl";
import { useSession } from "../features/access/session.ts";
import { Intl } from "../i18n/intl.tsx";
import { api } from "../shared/api.ts";
import { ProblemNote } from "../shared/problem.tsx";
import { queryClient } from "../shared/query.ts";
import { useSettings } from "../shared/settings.ts";
import { Toasts } from "../shared/toast.tsx";
import { Mark } from "./Mark.tsx";
import { numbersIn, theme } from "./theme.ts";
import css from "./shell.module.css";

const SignIn = lazy(() => import("../features/access/SignIn.tsx").then(({ SignIn }) => ({ default: SignIn })));
const NewPassword = lazy(() => import("../features/access/NewPassword.tsx").then(({ NewPassword }) => ({ default: NewPassword })));
const loadDesk = () => import("./Desk.tsx").then(({ Desk }) => ({ default: Desk }));
const Desk = lazy(loadDesk);
// Who we are, the desk and its words come side by side, not one after another.
if (!location.pathname.startsWith("/f/")) {
  void queryClient.prefetchQuery({ queryKey: ["getMe", null], queryFn: () => api("getMe") });
  void loadDesk();
}

/** Mantine only reads the scheme; `settings.ts` and `color-scheme.js` own it. */
const schemeManager = { get: () => "auto" as const, set: () => undefined, subscribe: () => undefined, unsubscribe: () => undefined, clear: () => undefined };

export function App() {
  const { scheme } = useSettings();
  return (
    <MantineProvider theme={theme} withCssVariables={false} withGlobalClasses={false} colorSchemeManager={schemeManager} defaultColorScheme="auto" forceColorScheme={scheme === "auto" ? undefined : scheme}>
      <QueryClientProvider client={queryClient}>
        <Intl>
          <Numbers>
            <Suspense><Toasts /></Suspense>
            <Session />
          </Numbers>
        </Intl>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Boxes for numbers show and take the mark of the reader's language. */
function Numbers({ children }: { children: ReactNode }) {
  const { locale } = useIntl();
  return <MantineThemeProvider theme={numbersIn(locale)}>{children}</MantineThemeProvider>;
}

function Session() {
  const { me, error } = useSession();
  if (me === null) return <Suspense><SignIn /></Suspense>;
  if (me?.passwordMustChange) return <Suspense><NewPassword /></Suspense>;
  if (me) return <Suspense><Desk /></Suspense>;
  return error ? <main className={css.alone}><h1 className="visually-hidden">Linija</h1><ProblemNote error={error} onRetry={() => void queryClient.invalidateQueries()} /></main> : <main className={css.splash} aria-busy="true"><Mark size={44} /></main>;
}

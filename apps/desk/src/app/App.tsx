import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useSession } from "../features/access/session.ts";
import { SignIn } from "../features/access/SignIn.tsx";
import { Intl } from "../i18n/intl.tsx";
import { ProblemNote } from "../shared/problem.tsx";
import { queryClient } from "../shared/query.ts";
import { useSettings } from "../shared/settings.ts";
import { router } from "./router.tsx";
import { theme } from "./theme.ts";
import css from "./shell.module.css";

/** Mantine only reads the scheme; `settings.ts` and `color-scheme.js` own it. */
const schemeManager = { get: () => "auto" as const, set: () => undefined, subscribe: () => undefined, unsubscribe: () => undefined, clear: () => undefined };

export function App() {
  const { scheme } = useSettings();
  return (
    <MantineProvider theme={theme} withCssVariables={false} withGlobalClasses={false} colorSchemeManager={schemeManager} defaultColorScheme="auto" forceColorScheme={scheme === "auto" ? undefined : scheme}>
      <QueryClientProvider client={queryClient}>
        <Intl>
          <Notifications position="bottom-center" limit={3} containerWidth={420} transitionDuration={100} />
          <Session />
        </Intl>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Session() {
  const { me, error } = useSession();
  if (me === null) return <SignIn />;
  if (me) return <RouterProvider router={router} />;
  return error ? <div className={css.alone}><ProblemNote error={error} onRetry={() => void queryClient.invalidateQueries()} /></div> : null;
}

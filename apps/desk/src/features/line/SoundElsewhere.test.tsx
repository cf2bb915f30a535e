import { MantineProvider } from "@mantine/core";
import { renderToStaticMarkup } from "react-dom/server";
import { IntlProvider } from "react-intl";
import { expect, test, vi } from "vitest";
import en from "../../i18n/en.json" with { type: "json" };
import ru from "../../i18n/ru.json" with { type: "json" };
import sl from "../../i18n/sl.json" with { type: "json" };

vi.mock("./line.tsx", () => ({ useLine: () => ({ line: line() }), useLeg: () => leg }));
const { SoundElsewhere } = await import("./SoundElsewhere.tsx");

let leg = "elsewhere";
let legUp = true;
const line = () => ({ device: "browser", legUp, call: { id: "talk", state: "talking" } });
const shown = (messages: Record<string, string>) => renderToStaticMarkup(<IntlProvider locale="en" messages={messages}><MantineProvider><SoundElsewhere /></MantineProvider></IntlProvider>);

test.each([["en", en], ["ru", ru], ["sl", sl]])("a desk that stands aside says where the sound is and offers to take it (%s)", (_language, messages) => {
  [leg, legUp] = ["elsewhere", true];
  expect(shown(messages)).toContain(messages["line.elsewhere"]);
  expect(shown(messages)).toContain(messages["line.takeSound"]);
  legUp = false;
  expect(shown(messages)).toContain(messages["line.elsewhereLost"]);
});

test.each(["none", "connecting", "up", "lost"])("a desk whose sound is %s says nothing of another", (state) => {
  leg = state;
  expect(shown(en)).not.toContain(en["line.takeSound"]);
});

import { createTheme, type ActionIconProps, type ButtonProps, type MenuProps, type ModalProps, type NumberInputProps, type SelectProps, type TextareaProps, type TextInputProps, type TooltipProps } from "@mantine/core";
import { decimalMark } from "../shared/numbers.ts";

/** Named, not imported: a form's parts would come with the first screen, long before the first form. */
const defaults = <P extends object>(defaultProps: Partial<P>) => ({ defaultProps });

/** Only behaviour and default sizes live here; every colour is a token in `tokens.css`. */
export const theme = createTheme({
  primaryColor: "blue",
  defaultRadius: 6,
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: defaults<ButtonProps>({ size: "xs" }),
    ActionIcon: defaults<ActionIconProps>({ variant: "subtle", color: "gray", size: 30 }),
    TextInput: defaults<TextInputProps>({ size: "xs" }),
    Textarea: defaults<TextareaProps>({ size: "xs" }),
    Select: defaults<SelectProps>({ size: "xs", allowDeselect: false, comboboxProps: { transitionProps: { duration: 0 } } }),
    // The placeholder that takes its first focus is no item, and a menu has items only.
    Menu: defaults<MenuProps>({ transitionProps: { duration: 80 }, withInitialFocusPlaceholder: false }),
    // Mantine's scroll lock writes a <style> element, which the CSP forbids; the page itself never scrolls. A window's head is no banner of the page.
    Modal: defaults<ModalProps>({ lockScroll: false, transitionProps: { duration: 100 }, centered: true, attributes: { header: { role: "presentation" } } }),
    Tooltip: defaults<TooltipProps>({ openDelay: 350, transitionProps: { duration: 80 }, withinPortal: true }),
  },
});

/** Made once for each language: a theme made anew would draw the whole desk again. */
const numbers = Object.fromEntries((["en-GB", "ru-RU", "sl-SI"] as const).map((locale) => [locale, createTheme({ components: { NumberInput: defaults<NumberInputProps>({ decimalSeparator: decimalMark(locale) }) } })]));
export const numbersIn = (locale: string) => numbers[locale];

import { ActionIcon, Button, createTheme, Menu, Modal, Select, Textarea, TextInput, Tooltip } from "@mantine/core";

/** Only behaviour and default sizes live here; every colour is a token in `tokens.css`. */
export const theme = createTheme({
  primaryColor: "blue",
  defaultRadius: 6,
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: "xs" } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray", size: 30 } }),
    TextInput: TextInput.extend({ defaultProps: { size: "xs" } }),
    Textarea: Textarea.extend({ defaultProps: { size: "xs" } }),
    Select: Select.extend({ defaultProps: { size: "xs", allowDeselect: false, comboboxProps: { transitionProps: { duration: 0 } } } }),
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 80 } } }),
    // Mantine's scroll lock writes a <style> element, which the CSP forbids; the page itself never scrolls.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 100 }, centered: true } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, transitionProps: { duration: 80 }, withinPortal: true } }),
  },
});

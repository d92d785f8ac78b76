//! Mouse and keyboard, as a person uses them: events of the browser, not calls of the page's functions.

use serde_json::{Value, json};

use super::page::Page;

impl Page {
    /// Clicks the middle of the element.
    ///
    /// # Panics
    /// If there is none, it cannot be seen, or something else lies over it.
    pub(crate) fn click(&self, selector: &str) {
        let js = format!(
            "(() => {{ const what = {}, it = document.querySelector(what);
               if (!it) throw new Error('no ' + what);
               it.scrollIntoView({{ block: 'center', behavior: 'instant' }});
               const box = it.getBoundingClientRect();
               if (!box.width || !box.height) throw new Error(what + ' cannot be seen');
               const x = box.x + box.width / 2, y = box.y + box.height / 2;
               const top = document.elementFromPoint(x, y);
               if (top !== it && !it.contains(top)) throw new Error(what + ' is covered by ' + top?.outerHTML);
               return [x, y]; }})()",
            Value::from(selector)
        );
        let at = self.eval(&js);
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({ "type": kind, "x": at[0], "y": at[1], "button": button, "buttons": buttons, "clickCount": 1 });
            self.must("Input.dispatchMouseEvent", &event);
        }
    }

    /// Clicks into a field, and types in place of what is in it.
    ///
    /// # Panics
    /// As [`click`](Self::click) does.
    pub(crate) fn type_text(&self, selector: &str, text: &str) {
        self.click(selector);
        self.eval("document.activeElement.select?.()");
        if text.is_empty() {
            self.press("Backspace");
        }
        self.keys(text);
    }

    /// Types where the focus is.
    pub(crate) fn keys(&self, text: &str) {
        for key in text.chars() {
            let key = key.to_string();
            self.must("Input.dispatchKeyEvent", &json!({ "type": "keyDown", "key": key, "text": key }));
            self.must("Input.dispatchKeyEvent", &json!({ "type": "keyUp", "key": key }));
        }
    }

    /// Presses a key by its name, with `Shift+` before it if need be.
    ///
    /// # Panics
    /// If the name is not known here.
    pub(crate) fn press(&self, name: &str) {
        let (key, modifiers) = name.strip_prefix("Shift+").map_or((name, 0), |key| (key, 8));
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Tab" => (9, ""),
            "Space" => (32, " "),
            "Escape" => (27, ""),
            "Backspace" => (8, ""),
            "ArrowLeft" => (37, ""),
            "ArrowUp" => (38, ""),
            "ArrowRight" => (39, ""),
            "ArrowDown" => (40, ""),
            "Home" => (36, ""),
            "End" => (35, ""),
            other => panic!("what key is {other}?"),
        };
        let value = if key == "Space" { " " } else { key };
        let mut event = json!({ "type": "keyDown", "key": value, "code": key, "windowsVirtualKeyCode": code, "modifiers": modifiers });
        if text.is_empty() {
            event["type"] = "rawKeyDown".into();
        } else {
            event["text"] = text.into();
        }
        self.must("Input.dispatchKeyEvent", &event);
        event["type"] = "keyUp".into();
        self.must("Input.dispatchKeyEvent", &event);
    }

    /// The id of the element that has the focus; empty if it has none.
    pub(crate) fn focused(&self) -> String {
        self.eval("document.activeElement?.id ?? ''").as_str().unwrap_or_default().to_owned()
    }

    /// Presses Tab until the element with this id has the focus, as one without a mouse must.
    ///
    /// # Panics
    /// If it is not reached by `most` presses.
    pub(crate) fn tab_to(&self, id: &str, most: usize) {
        for _ in 0..=most {
            if self.focused() == id {
                return;
            }
            self.press("Tab");
        }
        panic!("#{id} is not reached by {most} presses of Tab");
    }
}

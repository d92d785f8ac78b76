// @ts-check
// A page in place of an error: names the address that was asked for.

import { at } from "../common/page.js";
import { speak } from "../common/words.js";

speak(at("language"));
const path = at("path");
if (path !== null) path.textContent = location.pathname;

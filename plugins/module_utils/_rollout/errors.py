# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops a roll-out."""

from __future__ import annotations

import typing as t


class RollOutError(Exception):
    """The roll-out stopped; the text is for the operator.

    :param failure: the same for programs, a document for each service that is to blame.
    """

    def __init__(self, text: str, failure: t.Sequence[dict[str, t.Any]] = ()) -> None:
        super().__init__(text)
        self.failure = list(failure)

# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for Kong, Qdrant, MinIO and Ollama, which neither Debian nor PyPI carries.

Each face serves what the collection's modules and checks call, and no more; what it does not serve it says.
"""

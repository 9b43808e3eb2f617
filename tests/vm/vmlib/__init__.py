# SPDX-License-Identifier: GPL-2.0-or-later
"""What the test machine is made of. One module per noun; `machine` and `kernels` only wire them."""

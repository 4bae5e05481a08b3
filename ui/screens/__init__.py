"""The pages of the app. The function ``show`` of each module shows one page."""

<#
.PARAMETER Maximum
    The most mailboxes that the run may be about, wherever they come from. All of them are known before the first
    is changed; where there are more, nothing is sent and the command ends with an error.
#>
param(
    [Parameter()] [ValidateRange(1, [int]::MaxValue)] [int] $Maximum
)

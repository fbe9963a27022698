# No [CmdletBinding()] and no [Parameter()] here, for the reason that Invoke-Guarded has.
function Invoke-CallerCode {
    <#
    .SYNOPSIS
        Runs a block that calls code of whoever called us, as if no attempt of ours were under way: a function of this
        module that is called there fails for that code, and not for us.
    #>
    param([scriptblock] $Do)

    $under = $script:Attempts
    $script:Attempts = 0
    try { & $Do } finally { $script:Attempts = $under }
}

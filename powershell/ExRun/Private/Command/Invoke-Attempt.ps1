# No [CmdletBinding()] and no [Parameter()] here, for the reason that Invoke-Guarded has.
function Invoke-Attempt {
    <#
    .SYNOPSIS
        What a block gives, in Value, or why it failed, in Failure: an exception, of which no trace is left in $Error.
    .DESCRIPTION
        For what may fail without the command's failing with it. Who calls looks at Failure, and needs no catch block.
    #>
    param([scriptblock] $Do)

    try {
        return @{ Value = & $Do; Failure = $null }
    } catch {
        Remove-CaughtError -Exception $_.Exception
        return @{ Value = $null; Failure = $_.Exception }
    }
}

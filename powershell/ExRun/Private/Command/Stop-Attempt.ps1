function Stop-Attempt {
    <#
    .SYNOPSIS
        Leaves the block of the nearest Invoke-Attempt, which returns this failure. Where there is none, throws it.
    .DESCRIPTION
        By a break to that function's loop. An exception would be noted in $Error and in -ErrorVariable by every command
        that it passes, under the wrong id, whether it is an error in the end or none.
    #>
    param([System.Exception] $Failure)

    if ($script:Attempts -eq 0) { throw $Failure }
    $script:AttemptFailure = $Failure
    break ExRunAttempt
}

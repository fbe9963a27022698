# No [CmdletBinding()] and no [Parameter()] here, for the reason that Invoke-Guarded has.
function Connect-Session {
    <#
    .SYNOPSIS
        Makes a session that has its token, by Session, or says in Failure, an error record, why there is none.
    .DESCRIPTION
        Until it has succeeded there is no connection of that name here, however it ends: a script that goes on finds
        none, and not the last.
    #>
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The connection's name.
        [string] $Name,
        # Of Connect-EXRMailbox.
        [string] $Domain,
        # Gives the session.
        [scriptblock] $Create
    )

    $made = @{ Session = $null; Failure = $null }
    $attempt = $null
    $taken = $null
    Start-Connection -Cmdlet $Cmdlet -Name $Name -Domain $Domain
    try {
        $attempt = Invoke-Attempt -Teller $Cmdlet -Do {
            Assert-ParameterGiven -Cmdlet $Cmdlet -PassError
            $made.Session = & $Create
            Confirm-Token -Session $made.Session
        }
    } finally {
        # Also where it is stopped meanwhile.
        if ($null -eq $attempt -or $null -ne $attempt.Failure) { $taken = Undo-Connection -Name $Name -Session $made.Session }
    }
    if ($null -ne $attempt.Failure) {
        $made.Failure = Add-ErrorNote -Record (New-ErrorRecord -Cmdlet $Cmdlet -Failure $attempt.Record) -Note $taken
    } else {
        $made.Session.Shared = $true
    }
    return $made
}

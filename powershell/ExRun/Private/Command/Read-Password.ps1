function Read-Password {
    <#
    .SYNOPSIS
        Asks once for a password. Throws where nobody can answer.
    #>
    [CmdletBinding()]
    [OutputType([securestring])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Prompt,
        # What it is the password of.
        [Parameter(Mandatory = $true)] [string] $Path,
        # The parameter that gives it without a question.
        [Parameter(Mandatory = $true)] [string] $Parameter
    )

    $answer = $null
    $cause = 'there was no answer'
    $attempt = Invoke-Attempt { Invoke-InCaller -Cmdlet $Cmdlet -Command 'Read-Host' -Arguments "-Prompt '$Prompt' -AsSecureString" }
    if ($null -ne $attempt.Failure) {
        $cause = $attempt.Failure.GetBaseException().Message
    } else {
        foreach ($record in $attempt.Value.Errors) {
            Remove-CaughtError -Exception $record.Exception
            $cause = [string] $record
        }
        $answer = $attempt.Value.Output | Microsoft.PowerShell.Utility\Select-Object -Last 1
    }

    if ($null -ne $answer -and $answer.PSObject.BaseObject -is [securestring]) { return $answer.PSObject.BaseObject }
    if ($answer -is [string]) {
        # A function of the user's own may answer with plain text.
        $secure = [securestring]::new()
        foreach ($character in $answer.ToCharArray()) { $secure.AppendChar($character) }
        return $secure
    }
    throw (New-ExRunException -Name 'CertificatePassword' -Target $Path -Message (
        'the certificate file {0} needs a password and nobody could be asked for it ({1}); give it with -{2} as a SecureString' -f $Path, $cause, $Parameter))
}

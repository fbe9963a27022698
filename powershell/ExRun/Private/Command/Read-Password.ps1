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
    if ([string] (Find-CallerCommand -Cmdlet $Cmdlet -Name 'Read-Host').CommandType -eq 'Cmdlet') {
        # Asked as Read-Host does, and not by it: what it says where nobody can answer would stay in $Error.
        $field = [System.Management.Automation.Host.FieldDescription]::new($Prompt)
        $field.SetParameterType([securestring])
        $fields = [System.Collections.ObjectModel.Collection[System.Management.Automation.Host.FieldDescription]]::new()
        $fields.Add($field)
        $answers = Invoke-Method -Method ([System.Management.Automation.Host.PSHostUserInterface].GetMethod('Prompt')) -On $host.UI -Arguments '', '', $fields
        if ($answers -is [System.Exception]) { $cause = $answers.GetBaseException().Message } elseif ($null -ne $answers) { $answer = $answers[$Prompt] }
    } else {
        $asked = Invoke-InCaller -Cmdlet $Cmdlet -Command 'Read-Host' -Arguments "-Prompt '$Prompt' -AsSecureString"
        foreach ($record in $asked.Errors) { $cause = [string] $record }
        if ($null -ne $asked.Failure) { $cause = $asked.Failure.GetBaseException().Message }
        $answer = $asked.Output | Microsoft.PowerShell.Utility\Select-Object -Last 1
    }

    if ($null -ne $answer -and $answer.PSObject.BaseObject -is [securestring]) { return $answer.PSObject.BaseObject }
    if ($answer -is [string]) {
        # A function of the user's own may answer with plain text.
        $secure = [securestring]::new()
        foreach ($character in $answer.ToCharArray()) { $secure.AppendChar($character) }
        return $secure
    }
    Stop-Attempt (New-ExRunException -Name 'CertificatePassword' -Target $Path -Message (
        'the certificate file {0} needs a password and nobody could be asked for it ({1}); give it with -{2} as a SecureString' -f $Path, $cause, $Parameter))
}
